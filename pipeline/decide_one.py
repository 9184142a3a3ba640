"""One message's decision: where it belongs, what becomes of it, and what is answered.

Reads: the original; earlier letters; our own messages; the reply history.
Writes: the message's row, a ticket, a reply in the outbox, an event; all in the caller's transaction.
"""

import logging
import secrets
from dataclasses import dataclass, replace
from typing import Any

from desk.route import automatic_reply, open_for
from domain.account import Account
from domain.category import Secrecy
from domain.decision import Decision, Queue, Reason
from domain.ids import AccountId, Digest, OutgoingId, TicketId
from domain.message import Fate, Message
from domain.site import Site
from domain.ticket import Ticket, TicketStatus
from domain.viewer import MACHINE
from intake.identity import letter_of
from intake.parse import parse
from intake.report import reported_message_ids
from outbox.render import render
from pipeline.context import Surroundings, gather
from pipeline.notify import follow_rules
from pipeline.observe import note_answered_before
from pipeline.record import record, record_undecided
from pipeline.report_back import note_report
from pipeline.runtime import Runtime
from pipeline.writable import only_if_writable
from store.database import Connection
from store.events import append
from store.ledger import adopt
from store.letters import Earlier, claim_letter
from store.messages import Waiting, mark_decided
from store.outgoing import add_outgoing
from store.tickets import get_ticket
from triage.decide import decide as triage
from triage.set_aside import set_aside

log = logging.getLogger(__name__)

#: A message that was claimed more often than this brings its worker down: it is set aside unread.
MOST_ATTEMPTS = 3


class ClaimLost(Exception):
    """Another worker holds the message: this transaction must not be committed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message."""

    account: AccountId
    fate: Fate
    replied: bool = False
    set_aside: bool = False
    #: How many alerts are to be sent at once.
    alerts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Belonging:
    """Where a message ends up, and with which decision."""

    fate: Fate
    ticket: TicketId | None = None
    outgoing: OutgoingId | None = None
    decision: Decision | None = None
    replied: bool = False
    alerts: int = 0
    why: str = ""
    #: Rows that spoke against a reply where nothing was decided anew.
    reasons: tuple[Reason, ...] = ()


def decide_one(connection: Connection, runtime: Runtime, site: Site, digest: Digest, waiting: Waiting) -> Outcome:
    """Decide one claimed message.

    Raises:
        ClaimLost: another worker took it over; the caller's transaction must roll back.
    """
    account = site.account(waiting.account)
    message = _read(waiting, account, site)
    letter = letter_of(message, waiting.arrival.original)
    belonging = _belonging(connection, runtime, site, digest, waiting, account, message, letter)
    decision = belonging.decision
    held = mark_decided(
        connection,
        waiting.id,
        runtime.worker(),
        at=runtime.now,
        fate=belonging.fate,
        message=message,
        letter=letter,
        ticket=belonging.ticket,
        outgoing=belonging.outgoing,
        explanation=record(decision, message, site) if decision else record_undecided(belonging.why, belonging.reasons),
    )
    if not held:
        raise ClaimLost(f"message {waiting.id} is no longer ours")
    append(
        connection,
        "decided",
        at=runtime.now,
        organisation=account.organisation,
        actor="decide",
        account=account.id,
        message=waiting.id,
        ticket=belonging.ticket,
        fate=belonging.fate,
        site=digest,
        **_arrival(message),
    )
    note_answered_before(connection, site, account, waiting.id, message, belonging.ticket, runtime.now)
    return Outcome(
        account.id, belonging.fate, belonging.replied, bool(decision and decision.needs_a_look), belonging.alerts
    )


def _arrival(message: Message) -> dict[str, Any]:
    """Return whose time the arrival is, and how far the border server and the provider are apart (P5)."""
    seconds = message.arrival_difference.total_seconds() if message.arrival_difference is not None else None
    difference = {} if seconds is None else {"arrival_difference_seconds": seconds}
    return {"arrival": message.arrival_why, **difference} if message.arrival_why else {}


def _read(waiting: Waiting, account: Account, site: Site) -> Message:
    arrival = waiting.arrival
    if waiting.attempts > MOST_ATTEMPTS:
        return Message(
            channel=account.channel,
            arrived_at=arrival.provider_at,
            role=arrival.role,
            flags=arrival.flags,
            size_bytes=len(arrival.original),
            defects=("the worker broke off each time it tried to read the message",),
            unreadable=True,
        )
    return parse(arrival, channel=account.channel, mail=site.mail)


def _belonging(
    connection: Connection, runtime: Runtime, site: Site, digest: Digest, waiting: Waiting, account: Account,
    message: Message, letter: Digest,
) -> _Belonging:  # fmt: skip
    earlier = claim_letter(connection, account.organisation, letter, waiting.id)
    if waiting.arrival.history:
        return _Belonging(fate=Fate.history, why="it lay there at first connection")
    if earlier is not None and (same := _same_letter(earlier, account)):
        if earlier.account == account.id:
            adopt(connection, account, waiting.id, earlier.id, runtime.now)
        return same
    original = waiting.arrival.original
    surroundings = gather(connection, runtime, site, account, message, letter, reported_message_ids(original))
    decision = replace(_triaged(message, surroundings, site), site=digest)
    if surroundings.reports_on is not None:
        note_report(connection, account, site.brakes, decision, surroundings.reports_on, original, runtime.now)
    if decision.queue is Queue.technical:
        return _Belonging(fate=Fate.technical, decision=decision)
    if decision.queue is Queue.attached and surroundings.ours is not None:
        return _Belonging(fate=Fate.attached, outgoing=surroundings.ours, decision=decision)
    return _ticket(connection, runtime, site, waiting, account, message, decision, surroundings)


def _same_letter(earlier: Earlier, account: Account) -> _Belonging | None:
    """Let a copy share its first's fate (P2); a mail that is history only elsewhere is new here."""
    if earlier.fate is Fate.history and earlier.account != account.id:
        return None
    row = "3.3/10" if earlier.account == account.id else "3.3/27"
    reason = Reason(row, f"message {earlier.id} in {earlier.account} is the same letter")
    return _Belonging(
        fate=earlier.fate,
        ticket=earlier.ticket,
        outgoing=earlier.outgoing,
        why="the same letter came before",
        reasons=(reason,),
    )


def _triaged(message: Message, surroundings: Surroundings, site: Site) -> Decision:
    """Ask triage; what it cannot decide becomes a ticket that a person must look at (P1)."""
    try:
        return triage(message, surroundings.context, site)
    except Exception as error:
        log.exception("triage failed: the message is set aside")
        return set_aside(message, surroundings.context, site, why=f"triage failed: {type(error).__name__}")


def _may_join(ticket: Ticket, account: Account, decision: Decision) -> bool:
    """Let a follow-up join its ticket, unless that would hide it, or show it to others than may see it (P12).

    It stays where the ticket is: what was written to another account, is about something that another compartment must
    see, or must be looked at by a person, gets a ticket of its own.
    """
    ordinary = decision.queue is Queue.normal and not decision.needs_a_look and not decision.classification.safety
    same_place = ticket.account == account.id or ticket.unit == decision.unit
    if Secrecy.SK2 in (decision.secrecy, ticket.secrecy):
        same_place = ticket.secrecy is Secrecy.SK2 and ticket.unit == decision.unit
    return ticket.status is TicketStatus.open and ordinary and same_place


def _ticket(
    connection: Connection, runtime: Runtime, site: Site, waiting: Waiting, account: Account, message: Message,
    decision: Decision, surroundings: Surroundings,
) -> _Belonging:  # fmt: skip
    if surroundings.ticket is not None:
        followed = get_ticket(connection, MACHINE, surroundings.ticket)
        if _may_join(followed, account, decision):
            alerts = follow_rules(
                connection, site, account, message, decision, followed.id, followed.number, runtime.now
            )
            return _Belonging(fate=Fate.ticket, ticket=followed.id, decision=decision, alerts=alerts)
    decision = only_if_writable(message, decision, account, site, runtime.now)
    ticket, number = open_for(connection, message, decision, account, runtime.now)
    intent = automatic_reply(message, decision, account, site, number, runtime.now)
    if intent is not None:
        draft = render(intent, site, key=f"{number}.{secrets.token_hex(6)}", now=runtime.now)
        add_outgoing(connection, intent, draft, at=runtime.now, ticket=ticket, message=waiting.id)
    alerts = follow_rules(connection, site, account, message, decision, ticket, number, runtime.now)
    return _Belonging(fate=Fate.ticket, ticket=ticket, decision=decision, replied=intent is not None, alerts=alerts)
