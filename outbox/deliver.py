"""Deliver: ask the brakes again, hand over once, and note how it went (P7, P8)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr

from domain.account import AccountStatus, AutoReply
from domain.brakes import family_of, held_back, window_of
from domain.errors import SendFailed, SendRefused, SendUncertain, Unreachable
from domain.ids import AccountId
from domain.outgoing import Found, OutgoingKind, Receipt, SendState
from domain.protocols import Sink
from domain.site import Site
from domain.viewer import MACHINE
from store.database import Connection, Database
from store.events import append
from store.outgoing import ToSend, mark_ended, mark_handing_over, mark_retry, mark_sent
from store.reply_history import NEVER_WENT, get_reply_history
from store.sent import claim_window, release_window
from store.tickets import mark_notice_met

#: The template for danger to life, which some brakes let pass.
URGENT = "urgent"

#: Waits between tries, by number of tries so far; the last one repeats.
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 120, 600, 1800, 3600))


class ClaimLost(Exception):
    """Somebody else took the message over: nothing may be sent."""


def held_back_now(connection: Connection, to_send: ToSend, site: Site, now: datetime) -> str | None:
    """Ask the brakes in the claiming transaction; return why an automatic reply is held back, or None.

    Alerts and answers by people pass.
    """
    rendered = to_send.rendered
    if rendered.kind is not OutgoingKind.receipt:
        return None
    if not _still_on(site, rendered.account):
        return "P14: automatic replies were switched off"
    if _names_the_past(to_send, now):
        return "3.3/37: the time it names has passed"
    urgent = to_send.template == URGENT
    mailbox = parseaddr(rendered.sender)[1].lower()
    history = get_reply_history(connection, MACHINE, to_send.organisation, rendered.recipient, now, before=rendered.id)
    reasons = held_back(
        site.brakes,
        history,
        template=to_send.template,
        address=rendered.recipient,
        mailbox=mailbox,
        # How old the message was is asked when it is decided; here the named time decides.
        arrived_at=now,
        now=now,
        urgent=urgent,
    )
    if reasons:
        return f"{reasons[0].row}: {reasons[0].matched}"
    family = family_of(to_send.template, urgent=urgent)
    alone = claim_window(
        connection,
        family=family,
        address=rendered.recipient,
        mailbox=mailbox,
        organisation=to_send.organisation,
        outgoing_id=rendered.id,
        at=now,
        window=window_of(site.brakes, family),
    )
    return None if alone else "3.3/33: another reply was faster"


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
    """Note that it was refused, cancelled or is uncertain. What never went holds back no later reply."""
    with database.write() as connection:
        if mark_ended(connection, to_send.rendered.id, worker, state, why):
            if state in NEVER_WENT:
                release_window(connection, to_send.rendered.id)
            _note(connection, to_send, f"send_{state}", now, why=why)
    return state


def _still_on(site: Site, id: AccountId) -> bool:
    """Ask the configuration of now: replies that wait must not follow the switch that stopped them (P14)."""
    return any(
        account.auto_reply is AutoReply.on and account.status is not AccountStatus.closed
        for account in site.accounts
        if account.id == id
    )


def _names_the_past(to_send: ToSend, now: datetime) -> bool:
    answer_at = to_send.slots.get("answer_at")
    return answer_at is not None and datetime.fromisoformat(answer_at) < now


def _finish_found(connection: Connection, to_send: ToSend, worker: str, now: datetime) -> None:
    if mark_sent(connection, to_send.rendered.id, worker, Receipt(accepted_at=now, provider_id="found")):
        _note_sent(connection, to_send, now)


def _note_sent(connection: Connection, to_send: ToSend, at: datetime) -> None:
    if to_send.ticket is not None and to_send.rendered.kind is OutgoingKind.receipt:
        mark_notice_met(connection, to_send.ticket, at)
    _note(connection, to_send, "sent", at)


def _note(connection: Connection, to_send: ToSend, kind: str, at: datetime, why: str = "") -> None:
    append(
        connection,
        kind,
        at=at,
        organisation=to_send.organisation,
        actor="outbox",
        account=to_send.rendered.account,
        ticket=to_send.ticket,
        outgoing=to_send.rendered.id,
        sent=to_send.rendered.kind,
        template=to_send.template,
        why=why,
    )
