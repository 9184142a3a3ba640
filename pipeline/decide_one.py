"""One message's decision: where it belongs, what becomes of it, and what is answered; pure, like triage.

Reads: the parsed message and what was gathered around its batch.
Writes: nothing; `pipeline.commit` writes what is returned.
"""

import logging
from dataclasses import replace
from datetime import datetime

from desk.route import ticket_for
from domain.account import Account
from domain.category import Secrecy
from domain.decision import Decision, Queue, Reason
from domain.ids import Digest
from domain.message import Fate, Message
from domain.site import Site
from domain.ticket import Ticket, TicketStatus
from pipeline.context import Gathered, Surroundings, find_answer, find_earlier, surroundings
from pipeline.parsed import Parsed
from pipeline.record import record, record_undecided
from pipeline.report_back import ReportBack, read_report
from pipeline.settled import Settled
from pipeline.so_far import SoFar
from pipeline.writable import only_if_writable
from store.letters import Earlier
from triage.decide import decide as triage
from triage.set_aside import set_aside

log = logging.getLogger(__name__)


def decide_one(
    parsed: Parsed, gathered: Gathered, so_far: SoFar, site: Site, digest: Digest, now: datetime
) -> Settled:  # fmt: skip
    """Decide one message of a batch; `so_far` knows of those before it, `digest` names the site."""
    answer = find_answer(parsed, gathered, site)
    earlier = find_earlier(parsed, gathered, so_far)
    if parsed.waiting.arrival.history:
        settled = _undecided(parsed, Fate.history, "it lay there at first connection")
    elif earlier is not None and _is_same(earlier, parsed.account):
        settled = _copy(parsed, earlier)
    else:
        settled = _decided(parsed, surroundings(parsed, gathered, so_far, answer, now), site, digest, now)
    return replace(settled, answer=answer, first_of_letter=earlier is None)


def _decided(parsed: Parsed, around: Surroundings, site: Site, digest: Digest, now: datetime) -> Settled:
    decision = replace(_triaged(parsed.message, around, site), site=digest)
    if decision.queue is Queue.technical:
        settled = _with_decision(parsed, Fate.technical, decision, site)
    elif decision.queue is Queue.attached and around.ours is not None:
        settled = replace(_with_decision(parsed, Fate.attached, decision, site), outgoing=around.ours)
    else:
        settled = _ticket(parsed, around, decision, site, now)
    return replace(settled, report=_report(parsed, around, decision, site, now))


def _report(
    parsed: Parsed, around: Surroundings, decision: Decision, site: Site, now: datetime
) -> ReportBack | None:  # fmt: skip
    if around.reports_on is None:
        return None
    return read_report(decision, around.reports_on, parsed.waiting.arrival.original, site.brakes, now)


def _is_same(earlier: Earlier, account: Account) -> bool:
    """Let a copy share its first's fate (P2); a mail that is history only elsewhere is new here."""
    return earlier.fate is not Fate.history or earlier.account == account.id


def _copy(parsed: Parsed, earlier: Earlier) -> Settled:
    row = "3.3/10" if earlier.account == parsed.account.id else "3.3/27"
    reason = Reason(row, f"message {earlier.id} in {earlier.account} is the same letter")
    copy = _undecided(parsed, earlier.fate, "the same letter came before", (reason,))
    return replace(copy, copy_of=earlier, outgoing=earlier.outgoing)


def _triaged(message: Message, around: Surroundings, site: Site) -> Decision:
    """Ask triage; what it cannot decide becomes a ticket that a person must look at (P1)."""
    try:
        return triage(message, around.context, site)
    except Exception as error:
        log.exception("triage failed: the message is set aside")
        return set_aside(message, around.context, site, why=f"triage failed: {type(error).__name__}")


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


def _ticket(parsed: Parsed, around: Surroundings, decision: Decision, site: Site, now: datetime) -> Settled:
    message, account = parsed.message, parsed.account
    if around.ticket is not None and _may_join(around.ticket, account, decision):
        return replace(_with_decision(parsed, Fate.ticket, decision, site), joins=around.ticket)
    decision, reply = only_if_writable(message, decision, account, site, now)
    opens = ticket_for(message, decision, account, now)
    return replace(_with_decision(parsed, Fate.ticket, decision, site), opens=opens, reply=reply)


def _with_decision(parsed: Parsed, fate: Fate, decision: Decision, site: Site) -> Settled:
    return Settled(parsed=parsed, fate=fate, explanation=record(decision, parsed.message, site), decision=decision)


def _undecided(parsed: Parsed, fate: Fate, why: str, reasons: tuple[Reason, ...] = ()) -> Settled:
    return Settled(parsed=parsed, fate=fate, explanation=record_undecided(why, reasons))
