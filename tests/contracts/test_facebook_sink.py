"""What Meta allows of answers to comments: in private once, within seven days, and never by a machine."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import facebook
import pytest

from connectors.facebook_sink import FacebookSink
from connectors.graph_client import GraphClient
from domain.account import FacebookConnection
from domain.errors import SendFailed, SendRefused, SendUncertain, Unreachable
from domain.outgoing import NO_TRACE, Found, OutgoingKind, Rendered
from domain.page import WAY_HEADER, PageWay
from sandbox.graph import GraphServer
from sandbox.graph_behaviour import GraphTrouble
from sandbox.graph_records import CommentRecord, Writer
from tests.contracts.ways_out import StoppedClock
from tests.unit.connectors.builders import rendered

ANNA = Writer(id="300000000000001", name="Anna Exempel")


@pytest.fixture
def server() -> Iterator[GraphServer]:
    """Give a page on which nothing stands."""
    server = GraphServer(StoppedClock())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def sink(server: GraphServer) -> Iterator[FacebookSink]:
    """Give the page as a way out."""
    connection = FacebookConnection(secret="facebook", app_id=server.app_id, base_url=server.url, timeout_seconds=5)
    client = GraphClient(connection, server.token, server.app_secret)
    sink = FacebookSink(connection, server.page.id, client, StoppedClock())
    yield sink
    sink.close()


def commented(server: GraphServer, **ago: float) -> CommentRecord:
    """Let Anna comment so long ago."""
    return server.comment(server.post(), ANNA, "När öppnar badhuset?", ago=timedelta(**ago))


def to(comment: CommentRecord, way: PageWay, kind: OutgoingKind = OutgoingKind.answer) -> Rendered:
    """Return an answer to a comment."""
    return rendered(kind=kind, recipient=comment.id, text="På måndag", headers=((WAY_HEADER, way.value),))


def test_a_comment_is_answered_in_private_once(server: GraphServer, sink: FacebookSink) -> None:
    comment = commented(server)
    sink.send(to(comment, PageWay.private), lambda: None)

    with pytest.raises(SendRefused, match="already"):
        sink.send(to(comment, PageWay.private), lambda: None)
    sink.send(to(comment, PageWay.public), lambda: None)

    assert len(server.sent) == 2


@pytest.mark.parametrize(("days", "seconds", "goes"), [(7, 0, True), (7, 1, False), (8, 0, False)])
def test_a_comment_is_answered_in_private_for_seven_days(
    server: GraphServer, sink: FacebookSink, days: int, seconds: int, goes: bool
) -> None:
    comment = commented(server, days=days, seconds=seconds)

    if goes:
        sink.send(to(comment, PageWay.private), lambda: None)
    else:
        with pytest.raises(SendRefused, match="no longer"):
            sink.send(to(comment, PageWay.private), lambda: None)
    sink.send(to(comment, PageWay.public), lambda: None)

    assert len(server.sent) == 1 + goes


@pytest.mark.parametrize("way", [PageWay.public, PageWay.private, PageWay.hide])
def test_no_machine_answers_or_hides_a_comment(server: GraphServer, sink: FacebookSink, way: PageWay) -> None:
    with pytest.raises(SendRefused, match="No machine"):
        sink.send(to(commented(server), way, OutgoingKind.receipt), lambda: None)

    assert server.sent == ()


def test_whether_a_comment_was_hidden_can_be_told(server: GraphServer, sink: FacebookSink) -> None:
    hidden, other = commented(server), commented(server)
    sink.send(to(hidden, PageWay.hide, OutgoingKind.hiding), lambda: None)

    def nobodys(_: str) -> bool:
        return False

    found = sink.find_sent(to(hidden, PageWay.hide, OutgoingKind.hiding), nobodys)
    missed = sink.find_sent(to(other, PageWay.hide, OutgoingKind.hiding), nobodys)

    assert (found.found, missed) == (Found.found, NO_TRACE)


@pytest.mark.parametrize("said", [{}, {"recipient_id": ANNA.id}, True])
def test_what_meta_takes_and_does_not_name_is_in_doubt_until_it_may_be_listed(
    server: GraphServer, sink: FacebookSink, monkeypatch: pytest.MonkeyPatch, said: Any
) -> None:
    server.write(ANNA, "När öppnar badhuset?")
    answer = rendered(kind=OutgoingKind.answer, recipient=ANNA.id, text="På måndag")
    asked = facebook.GraphAPI.request

    def nameless(api: Any, path: str, args: Any = None, **named: Any) -> Any:
        return said if named.get("method") == "POST" else asked(api, path, args, **named)

    monkeypatch.setattr(facebook.GraphAPI, "request", nameless)

    with pytest.raises(SendUncertain):
        sink.send(answer, lambda: None)
    with pytest.raises(Unreachable, match="half a minute"):
        sink.find_sent(answer, lambda _: False)


def test_a_limit_that_is_met_before_a_send_names_its_rest(server: GraphServer, sink: FacebookSink) -> None:
    server.write(ANNA, "När öppnar badhuset?")
    server.behaviour.trouble, server.behaviour.regain_minutes = GraphTrouble.busy, 20

    with pytest.raises(SendFailed) as failed:
        sink.send(rendered(kind=OutgoingKind.answer, recipient=ANNA.id, text="På måndag"), lambda: None)

    assert failed.value.rest == timedelta(minutes=20)
