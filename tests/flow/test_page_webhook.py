"""What Meta posts rings for a visit to the page, and what is forged or asks for nothing does not."""

from collections.abc import Iterator
from typing import Any

import pytest

from domain.posted import Posted
from domain.protocols import Step
from pipeline.webhook import Answered, accept
from sandbox.graph import GraphServer
from sandbox.graph_webhook import comment_event, message_event, other_event, signed
from store.database import Database
from tests.flow.installation import SetClock
from tests.flow.pages import ALVA, PAGE, Pages

ADDRESS = "https://svarsvakt.exempelby.example/hooks/facebook/sidan"


@pytest.fixture
def town(database: Database) -> Iterator[Pages]:
    """Give a page that was read while nothing lay there (P14)."""
    clock = SetClock()
    server = GraphServer(clock)
    server.start()
    town = Pages(database, server, clock)
    town.poll()
    town.bell.rung.clear()
    yield town
    server.stop()


def post(town: Pages, event: dict[str, Any], *, secret: str = "") -> Answered:
    """Post an event as Meta does."""
    body, headers = signed(event, secret or town.server.app_secret)
    lowered = {name.lower(): value for name, value in headers.items()}
    posted = Posted(method="POST", url=ADDRESS, query={}, headers=lowered, body=body, at=town.clock.now())
    return accept(town.runtime, "facebook", PAGE, posted)


def test_a_message_that_is_told_of_is_looked_for_at_once(town: Pages) -> None:
    record = town.server.write(ALVA, "Hej, gatlyktan är trasig")

    answered = post(town, message_event(town.server.page.id, record))
    rung = list(town.bell.rung)
    town.poll(seconds=1)
    post(town, message_event(town.server.page.id, record))
    town.poll(seconds=1)

    assert (answered.status, rung) == (200, [Step.receive])
    assert len(town.tickets()) == 1
    assert len(town.texts()) == 1


@pytest.mark.parametrize("verb", ["add", "edited", "remove", "hide"])
def test_a_comment_that_is_told_of_is_looked_for(town: Pages, verb: str) -> None:
    comment = town.server.comment(town.server.post(), ALVA, "När öppnar badhuset?")

    answered = post(town, comment_event(town.server.page.id, comment, verb))

    assert (answered.status, town.bell.rung) == (200, [Step.receive])


@pytest.mark.parametrize("kind", ["reaction", "read", "delivery"])
def test_what_asks_for_nothing_rings_for_nothing(town: Pages, kind: str) -> None:
    answered = post(town, other_event(town.server.page.id, ALVA.id, kind, town.clock.now()))

    assert (answered.status, town.bell.rung) == (200, [])


def test_an_echo_is_looked_for_because_a_person_may_have_answered(town: Pages) -> None:
    town.server.write(ALVA, "Hej, gatlyktan är trasig")
    town.poll()
    town.bell.rung.clear()
    town.clock.forward(minutes=5)
    echo = town.server.answer_in_inbox(ALVA, "Vi byter lampan.")

    post(town, message_event(town.server.page.id, echo))
    rung = list(town.bell.rung)
    town.poll(seconds=1)

    [ticket] = town.tickets()
    assert rung == [Step.receive]
    assert ticket.answer_met_at is not None


def test_a_forged_request_is_refused(town: Pages) -> None:
    record = town.server.write(ALVA, "Hej")

    answered = post(town, message_event(town.server.page.id, record), secret="fel")

    assert (answered.status, town.bell.rung) == (403, [])


def test_a_page_that_is_none_of_ours_rings_for_nothing(town: Pages) -> None:
    record = town.server.write(ALVA, "Hej")

    answered = post(town, message_event("999", record))

    assert (answered.status, town.bell.rung) == (200, [])


@pytest.mark.parametrize(("word", "status", "body"), [("hemligt ord", 200, "1158201444"), ("fel ord", 403, "")])
def test_the_handshake_says_back_what_meta_said_only_to_who_knows_our_word(
    town: Pages, word: str, status: int, body: str
) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": word, "hub.challenge": "1158201444"}
    posted = Posted(method="GET", url=ADDRESS, query=query, headers={}, body=b"", at=town.clock.now())

    answered = accept(town.runtime, "facebook", PAGE, posted)

    assert (answered.status, answered.body) == (status, body)
