"""What every Source beside mail promises (domain.protocols.Source), tried on each provider's stand-in."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from domain.errors import Unreachable
from domain.message import Arrival, Batch
from domain.protocols import Source
from tests.contracts.inboxes import (
    ChatInbox,
    CommentsInbox,
    Inbox,
    MentionsInbox,
    MessengerInbox,
    Outage,
    TwilioInbox,
    VisitorsInbox,
)

INBOXES = {
    "twilio": TwilioInbox,
    "messenger": MessengerInbox,
    "chat": ChatInbox,
    "comments": CommentsInbox,
    "visitors": VisitorsInbox,
    "mentions": MentionsInbox,
}


@pytest.fixture(params=INBOXES)
def inbox(request: pytest.FixtureRequest) -> Iterator[Inbox]:
    """Give an empty inbox of each kind."""
    inbox = INBOXES[request.param]()
    yield inbox
    inbox.server.stop()


@pytest.fixture
def source(inbox: Inbox) -> Iterator[Source]:
    """Give a source on the inbox."""
    source = inbox.open()
    yield source
    source.close()


def everything(source: Source, cursor: Mapping[str, Any] | None) -> tuple[list[Arrival], Mapping[str, Any]]:
    """Fetch until there is no more, as the pipeline does; a cursor is written and read as JSON."""
    arrivals: list[Arrival] = []
    batch = Batch(arrivals=(), next_cursor=cursor or {}, more=True)
    while batch.more:
        batch = source.fetch(cursor)
        assert len(batch.arrivals) <= 50
        arrivals += batch.arrivals
        cursor = json.loads(json.dumps(batch.next_cursor))
    return arrivals, batch.next_cursor


def texts(arrivals: list[Arrival]) -> list[str]:
    """Return what the citizens wrote, in order."""
    resources = [json.loads(each.original) for each in arrivals]
    return [each.get("body") or each.get("message") for each in resources]


def new_texts(arrivals: list[Arrival], known: list[Arrival]) -> list[str]:
    """Return what the store would take for new: a source may deliver again what it delivered."""
    identities = {each.identity for each in known}
    return texts([each for each in arrivals if each.identity not in identities])


def test_each_message_comes_once_and_oldest_first(inbox: Inbox, source: Source) -> None:
    _, cursor = everything(source, None)
    for number in range(3):
        inbox.clock.move(timedelta(seconds=1))
        inbox.receive(f"Hej {number}")

    arrivals, cursor = everything(source, cursor)
    again, _ = everything(source, cursor)

    assert texts(arrivals) == ["Hej 0", "Hej 1", "Hej 2"]
    assert again == []


def test_a_message_keeps_the_providers_identity_and_time(inbox: Inbox, source: Source) -> None:
    _, cursor = everything(source, None)
    inbox.clock.move(timedelta(minutes=5))
    identity = inbox.receive("Hej")

    (arrival,), _ = everything(source, cursor)

    assert arrival.identity == identity
    assert arrival.provider_at == inbox.clock.now()
    assert arrival.media_type == "application/json"


def test_what_lies_there_at_first_connection_is_history(inbox: Inbox, source: Source) -> None:
    inbox.receive("Gammalt", ago=timedelta(days=3))

    before, cursor = everything(source, None)
    inbox.receive("Nytt")
    after, _ = everything(source, cursor)

    assert [each.history for each in before] == [True]
    assert texts(after) == ["Nytt"]
    assert [each.history for each in after] == [False]


def test_an_old_cursor_asked_again_gives_the_same(inbox: Inbox, source: Source) -> None:
    _, cursor = everything(source, None)
    for number in range(60):
        inbox.receive(f"Hej {number}")

    once, _ = everything(source, cursor)
    again, _ = everything(source, cursor)

    assert len(once) == 60
    assert texts(once) == texts(again)


def test_a_process_that_dies_between_two_batches_loses_nothing(inbox: Inbox, source: Source) -> None:
    _, cursor = everything(source, None)
    for number in range(120):
        inbox.receive(f"Hej {number}")
    first = source.fetch(cursor)

    rest, _ = everything(inbox.open(), json.loads(json.dumps(first.next_cursor)))

    assert {*texts(list(first.arrivals)), *texts(rest)} == {f"Hej {number}" for number in range(120)}


def test_a_crash_between_fetch_and_commit_loses_nothing(inbox: Inbox, source: Source) -> None:
    _, cursor = everything(source, None)
    inbox.receive("Hej")
    source.fetch(cursor)

    again, _ = everything(inbox.open(), cursor)

    assert texts(again) == ["Hej"]


def test_what_is_listed_late_comes_within_the_overlap(inbox: Inbox, source: Source) -> None:
    _, cursor = everything(source, None)
    inbox.clock.move(timedelta(minutes=1))
    inbox.receive("I tid")
    first, cursor = everything(source, cursor)
    inbox.clock.move(timedelta(hours=1))
    inbox.receive("Sent listad", ago=timedelta(hours=20))
    second, cursor = everything(source, cursor)
    inbox.clock.move(timedelta(minutes=11))
    third, _ = everything(source, cursor)

    assert "Sent listad" in new_texts([*second, *third], first)


def test_a_clock_that_runs_ahead_at_the_provider_loses_nothing(inbox: Inbox, source: Source) -> None:
    _, cursor = everything(source, None)
    inbox.receive("Från framtiden", ago=timedelta(minutes=-5))
    first, cursor = everything(source, cursor)
    inbox.receive("Från nu")
    second, _ = everything(source, cursor)

    assert texts(first) == ["Från framtiden"]
    assert new_texts(second, first) == ["Från nu"]


def test_a_list_in_the_wrong_order_loses_nothing(inbox: Inbox, source: Source) -> None:
    _, cursor = everything(source, None)
    inbox.shuffle()
    found: list[Arrival] = []
    for number in range(5):
        inbox.clock.move(timedelta(seconds=5))
        inbox.receive(f"Hej {number}")
        arrivals, cursor = everything(source, cursor)
        found += arrivals

    assert texts(found) == [f"Hej {number}" for number in range(5)]


def test_ten_days_off_are_caught_up(inbox: Inbox, source: Source) -> None:
    _, cursor = everything(source, None)
    for number in range(10):
        inbox.clock.move(timedelta(days=1))
        inbox.receive(f"Dag {number}")

    arrivals, _ = everything(inbox.open(), cursor)

    assert texts(arrivals) == [f"Dag {number}" for number in range(10)]


def test_ten_thousand_waiting_come_once_each_in_order(inbox: Inbox) -> None:
    # The stand-in is no quicker than the machine it shares.
    inbox.timeout_seconds = 60.0
    source = inbox.open()
    _, cursor = everything(source, None)
    for number in range(10_000):
        inbox.clock.move(timedelta(seconds=1))
        inbox.receive(f"Hej {number}")

    arrivals, _ = everything(source, cursor)

    source.close()
    assert texts(arrivals) == [f"Hej {number}" for number in range(10_000)]


@pytest.mark.parametrize("outage", Outage)
def test_an_outage_is_named_and_loses_nothing(inbox: Inbox, source: Source, outage: Outage) -> None:
    _, cursor = everything(source, None)
    inbox.receive("Före")
    inbox.fail(outage)

    with pytest.raises(Unreachable) as fault:
        source.fetch(cursor)
    inbox.recover()
    inbox.clock.move(timedelta(hours=1))
    inbox.receive("Efter")
    arrivals, _ = everything(source, cursor)

    assert fault.value.step == ("tcp" if outage is Outage.slow else outage.value)
    assert texts(arrivals) == ["Före", "Efter"]


def test_a_wrong_secret_is_named(inbox: Inbox) -> None:
    with pytest.raises(Unreachable) as fault:
        inbox.open_with_wrong_secret().fetch(None)

    assert fault.value.step in {"sign_in", "token"}


def test_the_inventory_names_what_exists(inbox: Inbox, source: Source) -> None:
    kept, removed = inbox.receive("Kvar"), inbox.receive("Borta")
    inbox.remove(removed)

    assert list(source.inventory()) == [kept]


def test_what_is_asked_for_again_comes_again(inbox: Inbox, source: Source) -> None:
    identity = inbox.receive("Missat")
    _, cursor = everything(source, None)
    nothing, cursor = everything(source, cursor)

    arrivals, cursor = everything(source, source.fetch_again(cursor, [identity, "SM" + "0" * 32]))
    after, _ = everything(source, cursor)

    assert nothing == []
    assert texts(arrivals) == ["Missat"]
    assert after == []
