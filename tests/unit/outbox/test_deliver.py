"""Deliver: every way a send can end, what is noted of it, and that nothing goes twice (P8)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connectors.fake import FakeSink, Trouble
from domain.errors import Failing, SendFailed, SendRefused, Unreachable
from domain.outgoing import CANNOT_TELL, OutgoingKind, Receipt, Rendered, SendState
from domain.viewer import MACHINE
from outbox.deliver import BACKOFF, ClaimLost, deliver, note_ended, note_retry, settle
from store.database import Database, database_now
from store.schema import outgoing
from store.sending import ToSend, claim_to_send, mark_handing_over
from store.tickets import get_ticket
from tests.builders import TUESDAY
from tests.unit.outbox.queued import WORKER, kinds_of_events, queue, queued, row_of, state_of, steal, ticket_with_clocks

LEASE = timedelta(minutes=3)
MINUTE_LATER = TUESDAY + timedelta(minutes=1)


class SetClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return MINUTE_LATER


def sink(trouble: Trouble | None = None, *, can_tell: bool = False) -> FakeSink:
    made = FakeSink(SetClock(), can_tell=can_tell)
    made.trouble = trouble
    return made


def delivered(database: Database, way_out: FakeSink, to_send: ToSend) -> SendState:
    return deliver(database, way_out, to_send, WORKER, SetClock().now, LEASE)


@pytest.mark.parametrize(
    ("trouble", "can_tell", "state", "event"),
    [
        (None, False, SendState.sent, "sent"),
        (Trouble.failed, False, SendState.retry, "send_failed"),
        (Trouble.refused, False, SendState.refused, "send_refused"),
        (Trouble.failed_on_wire, False, SendState.retry, "send_failed"),
        (Trouble.refused_on_wire, False, SendState.refused, "send_refused"),
        (Trouble.lost, False, SendState.uncertain, "send_uncertain"),
        (Trouble.gone, False, SendState.uncertain, "send_uncertain"),
        (Trouble.lost, True, SendState.retry, "send_failed"),
        (Trouble.gone, True, SendState.sent, "sent"),
    ],
)
def test_each_end_of_a_send_is_a_state_and_a_line_in_the_log(
    embedded: Database, trouble: Trouble | None, can_tell: bool, state: SendState, event: str
) -> None:
    to_send = queued(embedded)

    reached = delivered(embedded, sink(trouble, can_tell=can_tell), to_send)

    assert reached is state
    assert state_of(embedded, to_send) is state
    assert kinds_of_events(embedded) == [event]


def test_handing_over_is_committed_before_the_wire_takes_it(embedded: Database) -> None:
    to_send = queued(embedded)
    seen: list[SendState] = []

    class Looking(FakeSink):
        def send(self, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
            def note() -> None:
                before_wire()
                seen.append(state_of(embedded, to_send))

            seen.append(state_of(embedded, to_send))
            return super().send(rendered, note)

    delivered(embedded, Looking(SetClock()), to_send)

    assert seen == [SendState.claimed, SendState.handing_over]


def test_what_the_provider_answered_is_kept(embedded: Database) -> None:
    to_send = queued(embedded)

    delivered(embedded, sink(), to_send)

    row = row_of(embedded, to_send.rendered.id)
    assert (row["sent_at"], row["provider_id"]) == (MINUTE_LATER, "fake 1")


def test_an_account_that_cannot_be_reached_is_tried_again(embedded: Database) -> None:
    to_send = queued(embedded)

    class Away(FakeSink):
        def send(self, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
            raise Unreachable("tcp", "nobody answers")

    assert delivered(embedded, Away(SetClock()), to_send) is SendState.retry
    assert row_of(embedded, to_send.rendered.id)["why"] == "nobody answers"


def test_a_claim_that_was_lost_before_the_wire_sends_nothing(embedded: Database) -> None:
    to_send, way_out = queued(embedded), sink()
    steal(embedded, to_send)

    with pytest.raises(ClaimLost, match="no longer ours"):
        delivered(embedded, way_out, to_send)

    assert way_out.sent == []
    assert kinds_of_events(embedded) == []


@pytest.mark.parametrize("error", [None, SendFailed("busy"), SendRefused("no such user")])
def test_a_claim_that_was_lost_on_the_wire_is_for_its_new_holder_to_note(
    embedded: Database, error: Exception | None
) -> None:
    to_send = queued(embedded)

    class Slow(FakeSink):
        def send(self, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
            before_wire()
            steal(embedded, to_send)
            if error is not None:
                raise error
            return Receipt(accepted_at=MINUTE_LATER)

    delivered(embedded, Slow(SetClock()), to_send)

    assert state_of(embedded, to_send) is SendState.handing_over
    assert kinds_of_events(embedded) == []


def test_a_cut_off_send_that_another_worker_settles_is_noted_once(embedded: Database) -> None:
    to_send, way_out = queued(embedded), sink(Trouble.gone, can_tell=True)
    with embedded.write() as connection:
        mark_handing_over(connection, to_send.rendered.id, WORKER, LEASE)
    way_out.sent.append(to_send.rendered)

    for _ in range(2):
        assert settle(embedded, way_out, to_send, WORKER, "cut off", MINUTE_LATER) is SendState.sent

    assert kinds_of_events(embedded) == ["sent"]


@pytest.mark.parametrize("failing", Failing)
def test_each_wait_is_longer_than_the_last_and_the_last_repeats(embedded: Database, failing: Failing) -> None:
    to_send, table = queued(embedded), BACKOFF[failing]
    waits = []
    for attempts in range(1, len(table) + 2):
        with embedded.write() as connection:
            before = database_now(connection)
        note_retry(embedded, replace(to_send, attempts=attempts), WORKER, "busy", MINUTE_LATER, failing)
        row = row_of(embedded, to_send.rendered.id)
        waits.append(row["next_try_at"] - before)
        claim_again(embedded, to_send)

    allowed = timedelta(seconds=9)
    assert all(least <= wait <= least + allowed for wait, least in zip(waits, (*table, table[-1]), strict=True))
    assert list(table) == sorted(set(table))
    assert table[-1] <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("error", "failing"),
    [
        (SendFailed("busy"), Failing.transient),
        (SendFailed("too many", Failing.throttled), Failing.throttled),
        (Unreachable("tcp", "nobody answers"), Failing.transient),
        (Unreachable("sign_in", "not let in"), Failing.sign_in),
        (Unreachable("token", "ended"), Failing.sign_in),
    ],
)
def test_a_failure_waits_as_its_cause_asks(
    embedded: Database, error: SendFailed | Unreachable, failing: Failing
) -> None:
    to_send = queued(embedded)
    with embedded.write() as connection:
        before = database_now(connection)

    class Failed(FakeSink):
        def send(self, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
            raise error

    delivered(embedded, Failed(SetClock()), to_send)

    wait = row_of(embedded, to_send.rendered.id)["next_try_at"] - before
    assert BACKOFF[failing][0] <= wait <= BACKOFF[failing][0] + timedelta(seconds=9)


def test_a_persons_answer_that_was_accepted_stops_both_clocks(embedded: Database) -> None:
    ticket = ticket_with_clocks(embedded)

    delivered(embedded, sink(), queued(embedded, ticket=ticket, kind=OutgoingKind.answer))

    with embedded.read() as connection:
        kept = get_ticket(connection, MACHINE, ticket)
    assert (kept.notice_met_at, kept.answer_met_at) == (MINUTE_LATER, MINUTE_LATER)


def claim_again(database: Database, to_send: ToSend) -> None:
    """Put the message back to claimed, as when its next try has come."""
    with database.write() as connection:
        connection.execute(
            outgoing.update().where(outgoing.c.id == to_send.rendered.id).values(state="claimed", claimed_by=WORKER)
        )


def test_what_is_to_be_tried_again_later_is_not_claimed_now(embedded: Database) -> None:
    to_send = queued(embedded)
    delivered(embedded, sink(Trouble.failed), to_send)

    with embedded.write() as connection:
        assert claim_to_send(connection, WORKER) == ()


def test_an_accepted_receipt_stops_the_notice_clock_alone(embedded: Database) -> None:
    ticket = ticket_with_clocks(embedded)

    delivered(embedded, sink(), queued(embedded, ticket=ticket))

    with embedded.read() as connection:
        kept = get_ticket(connection, MACHINE, ticket)
    assert (kept.notice_met_at, kept.answer_met_at) == (MINUTE_LATER, None)


@pytest.mark.parametrize("trouble", [Trouble.failed, Trouble.refused, Trouble.lost, Trouble.gone])
def test_what_was_not_accepted_for_certain_stops_no_clock(embedded: Database, trouble: Trouble) -> None:
    ticket = ticket_with_clocks(embedded)

    delivered(embedded, sink(trouble), queued(embedded, ticket=ticket))

    with embedded.read() as connection:
        assert get_ticket(connection, MACHINE, ticket).notice_met_at is None


def test_an_alert_stops_no_clock(embedded: Database) -> None:
    ticket = ticket_with_clocks(embedded)

    delivered(embedded, sink(), queued(embedded, ticket=ticket, kind=OutgoingKind.alert))

    with embedded.read() as connection:
        assert get_ticket(connection, MACHINE, ticket).notice_met_at is None


def test_what_ended_is_never_claimed_again(embedded: Database) -> None:
    for state in (SendState.refused, SendState.cancelled, SendState.uncertain):
        to_send = queued(embedded, recipient=f"{state}@example.se")
        assert note_ended(embedded, to_send, WORKER, state, "because", MINUTE_LATER) is state
        assert row_of(embedded, to_send.rendered.id)["why"] == "because"

    with embedded.write() as connection:
        assert claim_to_send(connection, WORKER) == ()


def test_a_sink_that_cannot_tell_leaves_it_to_a_person(embedded: Database) -> None:
    with embedded.write() as connection:
        queue(connection)
        [to_send] = claim_to_send(connection, WORKER)
        mark_handing_over(connection, to_send.rendered.id, WORKER, LEASE)
    way_out = sink()

    assert way_out.find_sent(to_send.rendered, lambda _: False) == CANNOT_TELL
    assert settle(embedded, way_out, to_send, WORKER, "cut off", MINUTE_LATER) is SendState.uncertain
    assert way_out.sent == []
