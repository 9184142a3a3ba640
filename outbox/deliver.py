"""Deliver: hand over once, and note how it went (P8)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from domain.clocks import answer_held
from domain.errors import Failing, LimitReached, SendFailed, SendRefused, SendUncertain, Unreachable
from domain.ids import AccountId, TicketId
from domain.outgoing import (
    AUTOMATIC_REPLIES,
    Found,
    OutgoingKind,
    Receipt,
    Rendered,
    SendState,
    Trace,
    named_answer_at,
)
from domain.protocols import Sink
from domain.suppression import SuppressionReason
from domain.viewer import MACHINE
from store.clocks import mark_answer_met, mark_notice_met, set_clocks
from store.database import Connection, Database
from store.deliveries import is_named
from store.events import NewEvent, append_all
from store.leases import claim_lease, release_lease
from store.reply_history import NEVER_WENT
from store.sending import ToSend, mark_ended, mark_handing_over, mark_retry, mark_sent
from store.sent import release_window
from store.suppressions import add_suppression
from store.tickets import mark_reopened


def _waits(*seconds: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=each) for each in seconds)


#: Waits between tries by what failed and by number of tries so far; the last one repeats.
BACKOFF = {
    Failing.transient: _waits(10, 30, 120, 600, 1800, 3600),
    Failing.throttled: _waits(60, 120, 300, 900, 1800, 3600),
    Failing.sign_in: _waits(60, 300, 900),
}

#: Steps at which an account that cannot be reached waits for a person.
_OUR_SETTINGS = frozenset({"token", "sign_in", "permission"})


#: A lease that is given back in the transaction that took it.
_A_MOMENT = timedelta(minutes=1)


class ClaimLost(Exception):
    """Somebody else took the message over: nothing may be sent."""


def deliver(
    database: Database, sink: Sink, to_send: ToSend, worker: str, clock_now: Callable[[], datetime], lease: timedelta
) -> SendState:
    """Send one claimed message and note how it went; return the state reached.

    `lease`: longer than the wire takes; still handing over after this, it was cut off.

    Raises:
        ClaimLost: another worker has it; nothing was sent.
    """
    rendered = to_send.rendered

    def before_wire() -> None:
        with database.write() as connection:
            if not mark_handing_over(connection, rendered.id, worker, lease):
                raise ClaimLost(f"outgoing {rendered.id} is no longer ours")

    try:
        receipt = sink.send(rendered, before_wire)
    except (SendFailed, Unreachable) as error:
        _note_limit(database, to_send, error)
        return note_retry(database, to_send, worker, str(error), clock_now(), failing_of(error))
    except SendRefused as error:
        return _note_refused(database, to_send, worker, error, clock_now())
    except SendUncertain as error:
        return settle(database, sink, to_send, worker, str(error), clock_now())
    # Lost with the power, this leaves a send that is still handing over: a person is asked, and it is not repeated.
    with database.write(durable=False) as connection:
        if mark_sent(connection, rendered.id, worker, receipt):
            _note_sent(connection, to_send, receipt.accepted_at)
    return SendState.sent


def settle(database: Database, sink: Sink, to_send: ToSend, worker: str, why: str, now: datetime) -> SendState:
    """Ask the connector whether a cut-off send went; if it cannot tell, a person is asked (P8).

    What cannot be asked now stays as it is, and is asked about again when its lease has run out.
    """
    try:
        trace = sink.find_sent(to_send.rendered, lambda name: _is_anothers(database, to_send.rendered, name))
    except Unreachable:
        return SendState.handing_over
    if trace.found is Found.not_found:
        return note_retry(database, to_send, worker, why, now)
    if trace.found is Found.cannot_tell:
        return note_ended(database, to_send, worker, SendState.uncertain, why, now)
    with database.write() as connection:
        return _finish_found(connection, to_send, worker, trace, now)


def failing_of(error: SendFailed | Unreachable) -> Failing:
    """Return which waits a failure has."""
    if isinstance(error, SendFailed):
        return error.failing
    return Failing.sign_in if error.step in _OUR_SETTINGS else Failing.transient


def resting(account: AccountId) -> str:
    """Return the lease that holds while an account's provider takes nothing to send."""
    return f"sends/{account}"


def _note_limit(database: Database, to_send: ToSend, error: SendFailed | Unreachable) -> None:
    """Keep for how long the provider takes nothing more, for every worker; an alert may leave by another way."""
    rest = error.rest if isinstance(error, SendFailed | LimitReached) else timedelta(0)
    if rest and to_send.rendered.kind is not OutgoingKind.alert:
        with database.write() as connection:
            claim_lease(connection, resting(to_send.rendered.account), "provider", rest)


def note_retry(
    database: Database, to_send: ToSend, worker: str, why: str, now: datetime, failing: Failing = Failing.transient
) -> SendState:
    """Note that nothing went, and when it is tried again."""
    waits = BACKOFF[failing]
    delay = waits[min(to_send.attempts, len(waits)) - 1]
    with database.write() as connection:
        if mark_retry(connection, to_send.rendered.id, worker, why, delay):
            _note(connection, to_send, "send_failed", now, why=why, failing=failing)
    return SendState.retry


def note_ended(
    database: Database, to_send: ToSend, worker: str, state: SendState, why: str, now: datetime
) -> SendState:
    """Note that it was refused, cancelled or is uncertain. What never went holds back no later reply."""
    with database.write() as connection:
        end(connection, to_send, worker, state, why, now)
    return state


def end(connection: Connection, to_send: ToSend, worker: str, state: SendState, why: str, now: datetime) -> None:
    """Note within a transaction that it was refused, cancelled or is uncertain."""
    if mark_ended(connection, to_send.rendered.id, worker, state, why):
        if state in NEVER_WENT:
            release_window(connection, to_send.rendered.id)
        _note(connection, to_send, f"send_{state}", now, why=why)


def _note_refused(
    database: Database, to_send: ToSend, worker: str, error: SendRefused, now: datetime
) -> SendState:  # fmt: skip
    """Note that nobody will get it; whoever wrote an answer believes that the ticket is done."""
    with database.write() as connection:
        end(connection, to_send, worker, SendState.refused, str(error), now)
        if error.opted_out:
            _note_opted_out(connection, to_send, str(error), now)
        is_answer = to_send.rendered.kind is OutgoingKind.answer
        if is_answer and to_send.ticket is not None and mark_reopened(connection, to_send.ticket):
            _note(connection, to_send, "reopened", now)
    return SendState.refused


def _note_opted_out(connection: Connection, to_send: ToSend, why: str, now: datetime) -> None:
    entered = add_suppression(
        connection, to_send.organisation, to_send.rendered.recipient.lower(), why, now,
        reason=SuppressionReason.opted_out, outgoing=to_send.rendered.id,
    )  # fmt: skip
    if entered:
        _note(connection, to_send, "address_suppressed", now, why=why)


def _is_anothers(database: Database, rendered: Rendered, provider_id: str) -> bool:
    with database.read() as connection:
        return is_named(connection, MACHINE, rendered, provider_id)


def _finish_found(connection: Connection, to_send: ToSend, worker: str, trace: Trace, now: datetime) -> SendState:
    """Note that it went; of two of the same words only one went under a name, and the other is asked about again."""
    rendered, name = to_send.rendered, f"found/{trace.provider_id}"
    holder = f"{worker}/{rendered.id}"
    # Held to the end of the transaction: of two workers who found the same the second waits, and then sees it.
    if not claim_lease(connection, name, holder, _A_MOMENT) or is_named(
        connection, MACHINE, rendered, trace.provider_id
    ):
        return SendState.handing_over
    if mark_sent(connection, rendered.id, worker, Receipt(accepted_at=now, provider_id=trace.provider_id)):
        _note_sent(connection, to_send, now)
    release_lease(connection, name, holder)
    return SendState.sent


def _note_sent(connection: Connection, to_send: ToSend, at: datetime) -> None:
    stopped = stop_clocks(connection, to_send.ticket, to_send.rendered.kind, at, named_answer_at(to_send.slots))
    append_all(connection, [_event(to_send, kind, at) for kind in ("sent", stopped) if kind is not None])


def stop_clocks(
    connection: Connection, ticket: TicketId | None, kind: OutgoingKind, at: datetime, answer_at: datetime | None = None
) -> str | None:
    """Stop what a message that went stops: an automatic reply the notice clock, a person's answer both (P10).

    A holding reply moves the answer to the time that it names, `answer_at`.

    Returns:
        The kind of the event that tells of it; None: no clock was stopped.
    """
    if ticket is None:
        return None
    if kind is OutgoingKind.holding and answer_at is not None:
        held = set_clocks(connection, ticket, lambda clocks: answer_held(clocks, answer_at, at))
        return None if held is None else "answer_held"
    if kind in AUTOMATIC_REPLIES:
        return "notice_met" if mark_notice_met(connection, ticket, at) else None
    if kind is OutgoingKind.answer:
        return "answer_met" if mark_answer_met(connection, ticket, at) else None
    return None


def _note(
    connection: Connection, to_send: ToSend, kind: str, at: datetime, why: str = "", failing: Failing | None = None
) -> None:
    append_all(connection, [_event(to_send, kind, at, why, failing)])


def _event(to_send: ToSend, kind: str, at: datetime, why: str = "", failing: Failing | None = None) -> NewEvent:
    details = {"sent": to_send.rendered.kind, "template": to_send.template, "why": why}
    return NewEvent(
        kind,
        at=at,
        organisation=to_send.organisation,
        actor="outbox",
        account=to_send.rendered.account,
        ticket=to_send.ticket,
        outgoing=to_send.rendered.id,
        details=details if failing is None else {**details, "failing": failing},
    )
