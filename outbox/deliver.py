"""Deliver: ask the brakes again, hand over once, and note how it went (P7, P8)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from domain.brakes import held_back
from domain.errors import SendFailed, SendRefused, SendUncertain, Unreachable
from domain.ids import AccountId
from domain.outgoing import Found, OutgoingKind, Receipt, SendState
from domain.protocols import Sink
from domain.site import Site
from domain.viewer import MACHINE
from store.database import Database
from store.events import append
from store.outgoing import ToSend, mark_ended, mark_handing_over, mark_retry, mark_sent
from store.reply_history import get_reply_history
from store.sent import claim_window
from store.tickets import mark_notice_met

#: Longer than any wire takes: a send that is still handing over after this was cut off.
HANDING_OVER = timedelta(minutes=3)

#: Waits between tries, by number of tries so far; the last one repeats.
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 120, 600, 1800, 3600))


class ClaimLost(Exception):
    """Somebody else took the message over: nothing may be sent."""


def held_back_now(connection: sa.Connection, to_send: ToSend, site: Site, now: datetime) -> str | None:
    """Ask the brakes in the claiming transaction; return why an automatic reply is held back, or None.

    Alerts and answers by people pass.
    """
    rendered = to_send.rendered
    if rendered.kind is not OutgoingKind.receipt:
        return None
    history = get_reply_history(connection, MACHINE, to_send.organisation, rendered.recipient, now, before=rendered.id)
    reasons = held_back(
        site.brakes,
        history,
        template=to_send.template,
        address=rendered.recipient,
        mailbox=rendered.account,
        # How old the message was is asked when it is decided; the outbox may well catch up later.
        arrived_at=now,
        now=now,
        urgent=to_send.template == "urgent",
    )
    if reasons:
        return f"{reasons[0].row}: {reasons[0].matched}"
    return None if _takes_window(connection, to_send, site, now) else "3.3/33: another reply was faster"


def deliver(
    database: Database, sink: Sink, to_send: ToSend, worker: str, clock_now: Callable[[], datetime]
) -> SendState:
    """Send one claimed message and note how it went; return the state reached.

    Raises:
        ClaimLost: another worker has it; nothing was sent.
    """
    rendered = to_send.rendered

    def before_wire() -> None:
        with database.write() as connection:
            if not mark_handing_over(connection, rendered.id, worker, HANDING_OVER):
                raise ClaimLost(f"outgoing {rendered.id} is no longer ours")

    try:
        receipt = sink.send(rendered, before_wire)
    except (SendFailed, Unreachable) as error:
        return note_retry(database, to_send, worker, str(error), clock_now())
    except SendRefused as error:
        return note_ended(database, to_send, worker, SendState.refused, str(error), clock_now())
    except SendUncertain as error:
        return settle(database, sink, to_send, worker, str(error), clock_now())
    with database.write() as connection:
        if mark_sent(connection, rendered.id, worker, receipt):
            _note_sent(connection, to_send, receipt.accepted_at)
    return SendState.sent


def settle(database: Database, sink: Sink, to_send: ToSend, worker: str, why: str, now: datetime) -> SendState:
    """Ask the connector whether a cut-off send went; if it cannot tell, a person is asked (P8)."""
    found = sink.find_sent(to_send.rendered)
    if found is Found.not_found:
        return note_retry(database, to_send, worker, why, now)
    if found is Found.cannot_tell:
        return note_ended(database, to_send, worker, SendState.uncertain, why, now)
    with database.write() as connection:
        _finish_found(connection, to_send, worker, now)
    return SendState.sent


def note_retry(database: Database, to_send: ToSend, worker: str, why: str, now: datetime) -> SendState:
    """Note that nothing went, and when it is tried again."""
    delay = BACKOFF[min(to_send.attempts, len(BACKOFF)) - 1]
    with database.write() as connection:
        if mark_retry(connection, to_send.rendered.id, worker, why, delay):
            _note(connection, to_send, "send_failed", now, why=why)
    return SendState.retry


def note_ended(
    database: Database, to_send: ToSend, worker: str, state: SendState, why: str, now: datetime
) -> SendState:
    """Note that it was refused, cancelled or is uncertain."""
    with database.write() as connection:
        if mark_ended(connection, to_send.rendered.id, worker, state, why):
            _note(connection, to_send, f"send_{state}", now, why=why)
    return state


def _takes_window(connection: sa.Connection, to_send: ToSend, site: Site, now: datetime) -> bool:
    urgent = to_send.template == "urgent"
    return claim_window(
        connection,
        family="urgent" if urgent else "receipt",
        address=to_send.rendered.recipient,
        mailbox=AccountId(to_send.rendered.account),
        organisation=to_send.organisation,
        outgoing_id=to_send.rendered.id,
        at=now,
        window=site.brakes.receipt_window,
    )


def _finish_found(connection: sa.Connection, to_send: ToSend, worker: str, now: datetime) -> None:
    if mark_sent(connection, to_send.rendered.id, worker, Receipt(accepted_at=now, provider_id="found")):
        _note_sent(connection, to_send, now)


def _note_sent(connection: sa.Connection, to_send: ToSend, at: datetime) -> None:
    if to_send.ticket is not None and to_send.rendered.kind is OutgoingKind.receipt:
        mark_notice_met(connection, to_send.ticket, at)
    _note(connection, to_send, "sent", at)


def _note(connection: sa.Connection, to_send: ToSend, kind: str, at: datetime, **details: str) -> None:
    append(
        connection,
        kind,
        at=at,
        organisation=to_send.organisation,
        actor="outbox",
        account=to_send.rendered.account,
        ticket=to_send.ticket,
        outgoing=to_send.rendered.id,
        template=to_send.template,
        **details,
    )
