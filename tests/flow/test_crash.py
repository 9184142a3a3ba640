"""A crash between every two steps, and run again: nothing lost, nothing sent twice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

import pipeline.decide
import pipeline.receive
from connectors.fake import FakeSink
from domain.errors import Unreachable
from domain.message import Fate
from domain.outgoing import SendState, Trace
from domain.viewer import MACHINE
from outbox import deliver
from pipeline.decide import decide
from pipeline.parsed import MOST_ATTEMPTS
from pipeline.receive import receive
from pipeline.send import send
from store.database import Database
from store.leases import claim_lease
from store.messages import count_by_fate
from store.sending import claim_to_send, mark_handing_over
from store.waiting import claim_waiting
from tests.flow.installation import Installation, mail, numbered


class Crash(BaseException):
    """The process dies here: nothing may catch it."""


@pytest.fixture
def town(database: Database) -> Installation:
    installation = Installation(database)
    installation.connect()
    return installation


def crashing(*_: object, **__: object) -> None:
    raise Crash


@contextmanager
def dies_in(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(module, name, crashing)
        with pytest.raises(Crash):
            yield


def test_a_crash_between_fetch_and_commit_loses_nothing(town: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    town.arrives(mail())
    with dies_in(monkeypatch, pipeline.receive, "set_cursor"):
        receive(town.runtime, town.account)

    town.round()

    assert len(town.tickets()) == 1
    assert len(town.wires.out.sent) == 1


def test_a_crash_while_deciding_rolls_the_whole_batch_back(town: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    for original in numbered(3):
        town.arrives(original)
    receive(town.runtime, town.account)
    with dies_in(monkeypatch, pipeline.decide, "decide_side_by_side"):
        decide(town.runtime)
    expire_leases(town)

    town.round()

    assert len(town.tickets()) == 3
    assert len(town.wires.out.sent) == 3


def test_a_crash_after_the_claim_and_before_the_wire_sends_once_later(town: Installation) -> None:
    town.arrives(mail())
    receive(town.runtime, town.account)
    decide(town.runtime)
    with town.database.write() as connection:
        claim_to_send(connection, "worker-that-dies", lease=timedelta(seconds=-1))

    send(town.runtime)

    assert len(town.wires.out.sent) == 1


def test_a_crash_while_handing_over_is_uncertain_and_a_person_is_asked(town: Installation) -> None:
    town.arrives(mail())
    receive(town.runtime, town.account)
    decide(town.runtime)
    with town.database.write() as connection:
        [claimed] = claim_to_send(connection, "worker-that-dies")
        mark_handing_over(connection, claimed.rendered.id, "worker-that-dies", timedelta(seconds=-1))

    send(town.runtime)

    [ticket] = town.tickets()
    assert [reply.state for reply in town.replies(ticket)] == [SendState.uncertain]
    assert town.wires.out.sent == []
    assert ticket.notice_met_at is None


def test_an_interrupted_message_that_nobody_can_ask_about_starves_no_send(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for original in numbered(2):
        town.arrives(original)
    receive(town.runtime, town.account)
    decide(town.runtime)
    with town.database.write() as connection:
        [first, _] = claim_to_send(connection, "worker-that-dies", lease=timedelta(seconds=-1))
        mark_handing_over(connection, first.rendered.id, "worker-that-dies", timedelta(seconds=-1))

    def stumbles(*_: object) -> Trace:
        raise RuntimeError("a fault in a connector")

    monkeypatch.setattr(FakeSink, "find_sent", stumbles)
    with pytest.raises(RuntimeError, match="in a connector"):
        send(town.runtime)

    states = {reply.state for ticket in town.tickets() for reply in town.replies(ticket)}
    assert states == {SendState.handing_over, SendState.sent}


def test_a_crash_between_the_wire_and_the_mark_never_sends_again(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.arrives(mail())
    receive(town.runtime, town.account)
    decide(town.runtime)
    with dies_in(monkeypatch, deliver, "mark_sent"):
        send(town.runtime)

    expire_leases(town)
    send(town.runtime)

    [ticket] = town.tickets()
    assert len(town.wires.out.sent) == 1
    assert [reply.state for reply in town.replies(ticket)] == [SendState.uncertain]


def test_a_worker_whose_claim_ran_out_cannot_send(town: Installation) -> None:
    town.arrives(mail())
    receive(town.runtime, town.account)
    decide(town.runtime)
    with town.database.write() as connection:
        [claimed] = claim_to_send(connection, "worker-1", lease=timedelta(seconds=-1))
        claim_to_send(connection, "worker-2")

    with pytest.raises(deliver.ClaimLost):
        deliver.deliver(town.database, town.wires.out, claimed, "worker-1", town.clock.now, timedelta(minutes=3))

    assert town.wires.out.sent == []


def test_two_workers_claim_different_messages(town: Installation) -> None:
    for original in numbered(60):
        town.arrives(original)
    receive(town.runtime, town.account)

    with town.database.write() as connection:
        first = {waiting.id for waiting in claim_waiting(connection, "worker-1")}
    with town.database.write() as connection:
        second = {waiting.id for waiting in claim_waiting(connection, "worker-2")}

    assert (len(first), len(second)) == (50, 10)
    assert first & second == set()


def test_a_message_that_breaks_triage_is_set_aside_and_the_others_go_on(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pipeline.decide_one as one

    real: Callable[..., object] = one.triage

    def picky(message: object, *rest: object) -> object:
        if "nummer 2 " in message.text:  # type: ignore[attr-defined]
            raise RuntimeError("a fault in triage")
        return real(message, *rest)

    def failing(*_: object) -> object:
        raise RuntimeError("a fault in triage")

    monkeypatch.setattr(one, "triage_each", failing)
    monkeypatch.setattr(one, "triage", picky)
    for original in numbered(3):
        town.arrives(original)

    town.round()

    tickets = town.tickets()
    assert len(tickets) == 3
    [aside] = [ticket for ticket in tickets if ticket.needs_a_look]
    assert aside.notice_due_at is not None
    assert len(town.wires.out.sent) == 2


def test_a_message_that_brings_its_workers_down_is_set_aside_unread(town: Installation) -> None:
    town.arrives(mail())
    receive(town.runtime, town.account)
    for attempt in range(MOST_ATTEMPTS):
        with town.database.write() as connection:
            claim_waiting(connection, f"worker-that-dies-{attempt}", lease=timedelta(seconds=-1))

    decide(town.runtime)

    [ticket] = town.tickets()
    assert ticket.needs_a_look


def test_a_message_that_brings_its_workers_down_takes_no_other_with_it(town: Installation) -> None:
    for original in numbered(20):
        town.arrives(original)
    receive(town.runtime, town.account)
    with town.database.write() as connection:
        poison = claim_waiting(connection, "worker-that-dies", lease=timedelta(seconds=-1))[-1].id
    for _ in range(40):
        with town.database.write() as connection:
            claimed = claim_waiting(connection, "worker-that-dies", lease=timedelta(seconds=-1))
        assert len(claimed) == 1
        if claimed[0].id != poison:
            _decide_alone(town, claimed[0].id)
        if claimed[0].id == poison and claimed[0].attempts > MOST_ATTEMPTS:
            break

    town.round()

    assert [ticket.needs_a_look for ticket in town.tickets()].count(True) == 1
    assert len(town.tickets()) == 20


def _decide_alone(town: Installation, id: int) -> None:
    """Let a worker that lives decide one message."""
    with town.database.write() as connection:
        connection.exec_driver_sql(
            f"UPDATE messages SET lease_until = '2999-01-01' WHERE fate = 'waiting' AND id <> {id}"
        )
    decide(town.runtime)
    with town.database.write() as connection:
        connection.exec_driver_sql("UPDATE messages SET lease_until = '2000-01-01' WHERE fate = 'waiting'")


def test_a_provider_that_is_away_for_ten_days_is_caught_up_in_order(town: Installation) -> None:
    town.mailbox().fail(Unreachable("tcp", "the server does not answer"))
    town.round()
    for original in numbered(120):
        town.arrives(original)
    town.clock.forward(days=10)
    town.mailbox().recover()

    received, decided, _ = town.round()

    assert received.new == 120
    assert decided.fates == {Fate.ticket: 120}
    with town.database.read() as connection:
        assert count_by_fate(connection, MACHINE)[Fate.ticket] == 120


def test_two_pollers_at_once_are_one(town: Installation) -> None:
    town.arrives(mail())
    with town.database.write() as connection:
        claim_lease(connection, f"account/{town.account}", "another-worker", timedelta(minutes=1))

    received = receive(town.runtime, town.account)

    assert received.passed_over
    assert town.tickets() == ()


def expire_leases(town: Installation) -> None:
    """Let every lease of a dead worker run out, as minutes would."""
    with town.database.write() as connection:
        for table in ("messages", "outgoing"):
            connection.exec_driver_sql(f"UPDATE {table} SET lease_until = '2000-01-01' WHERE lease_until IS NOT NULL")
