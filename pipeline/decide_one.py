"""One message's decision: where it belongs, what becomes of it, and what is answered; pure, like triage.

Reads: the parsed message and what was gathered around its batch.
Writes: nothing; `pipeline.commit` writes what is returned.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from desk.route import ticket_for
from domain.account import Account
from domain.decision import Decision, Queue, Reason
from domain.errors import BadInput
from domain.follow_up import asks_something, joins, kept_secret
from domain.given import given_in
from domain.ids import Digest
from domain.message import Fate, Message
from domain.open_time import local_date
from domain.promises import answer_from
from domain.site import Site
from domain.ticket import Ticket
from pipeline.context import Gathered, Surroundings, find_answer, find_earlier, surroundings
from pipeline.parsed import Parsed
from pipeline.record import record, record_undecided
from pipeline.report_back import ReportBack, read_report
from pipeline.settled import Settled
from pipeline.so_far import SoFar
from pipeline.writable import only_if_writable
from store.letters import Earlier
from store.sent_answers import SentAnswer
from triage.decide import decide as triage
from triage.decide import decide_each as triage_each
from triage.set_aside import set_aside

log = logging.getLogger(__name__)

#: Fields of `Settled` that not every message has.
_More = dict[str, Any]


def decide_one(
    parsed: Parsed, gathered: Gathered, so_far: SoFar, site: Site, digest: Digest, now: datetime
) -> Settled:  # fmt: skip
    """Decide one message of a batch; `so_far` knows of those before it, `digest` names the site."""
    return decide_each([parsed], gathered, so_far, site, digest, now)[0]


def decide_each(
    batch: Sequence[Parsed], gathered: Gathered, so_far: SoFar, site: Site, digest: Digest, now: datetime
) -> list[Settled]:  # fmt: skip
    """Decide each of some messages by itself, as if nothing had come before it but what `so_far` knows.

    A step for all of them, then the next (`triage.decide.decide_each` says why).
    """
    known = [_known(parsed, gathered, so_far, site) for parsed in batch]
    asked = [
        (parsed, surroundings(parsed, gathered, so_far, answer, site, now))
        for parsed, (answer, _, settled) in zip(batch, known, strict=True)
        if settled is None
    ]
    triaged = zip(asked, _triaged(asked, site), strict=True)
    return [
        replace(settled, answer=answer, first_of_letter=is_first)
        if settled is not None
        else _settled(*next(triaged), site, digest, now, {"answer": answer, "first_of_letter": is_first})
        for answer, is_first, settled in known
    ]


def _known(
    parsed: Parsed, gathered: Gathered, so_far: SoFar, site: Site
) -> tuple[SentAnswer | None, bool, Settled | None]:
    """Return what answered a message already, whether it is the first of its letter, and what it is without triage."""
    earlier = find_earlier(parsed, gathered, so_far)
    return find_answer(parsed, gathered, site), earlier is None, _without_triage(parsed, earlier, gathered)


def _without_triage(parsed: Parsed, earlier: Earlier | None, gathered: Gathered) -> Settled | None:
    """Return what becomes of a message that triage is not asked about; None: it is."""
    if parsed.waiting.arrival.history:
        return _undecided(parsed, Fate.history, "it lay there at first connection")
    if any((parsed.account.id, mark) in gathered.canaries for mark in parsed.marks):
        return _undecided(parsed, Fate.technical, "a test mail of ours from outside")
    if earlier is not None and _is_same(earlier, parsed.account):
        return _copy(parsed, earlier)
    return None


def _settled(
    asked: tuple[Parsed, Surroundings], decision: Decision, site: Site, digest: Digest, now: datetime, known: _More
) -> Settled:
    """Return what becomes of a message by what triage said, made at once: it has many fields."""
    parsed, around = asked
    fate, kept, more = _what_follows(parsed, around, replace(decision, site=digest), site, now)
    return Settled(
        parsed=parsed,
        fate=fate,
        explanation=record(kept, parsed.message, site),
        decision=kept,
        given=given_in(parsed.message, site) if fate is Fate.ticket else (),
        report=_report(parsed, around, decision, site, now),
        **known,
        **more,
    )


def _what_follows(
    parsed: Parsed, around: Surroundings, decision: Decision, site: Site, now: datetime
) -> tuple[Fate, Decision, _More]:
    if decision.queue is Queue.technical:
        return Fate.technical, decision, {}
    if decision.queue is Queue.attached and around.ours is not None:
        return Fate.attached, decision, {"outgoing": around.ours}
    decision, more = _ticket(parsed, around, decision, site, now)
    by_thread = {"decides_by_thread": True, "answered": around.answered, "followed": around.followed}
    return Fate.ticket, decision, more | by_thread


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


def _triaged(asked: Sequence[tuple[Parsed, Surroundings]], site: Site) -> list[Decision]:
    """Ask triage about all of them; if it fails, about each alone."""
    try:
        return triage_each([(parsed.message, around.context) for parsed, around in asked], site)
    except Exception:
        log.exception("triage failed for one of %d messages: each is asked about alone", len(asked))
        return [_triaged_alone(parsed.message, around, site) for parsed, around in asked]


def _triaged_alone(message: Message, around: Surroundings, site: Site) -> Decision:
    """Ask triage; what it cannot decide becomes a ticket that a person must look at (P1)."""
    try:
        return triage(message, around.context, site)
    except Exception as error:
        log.exception("triage failed: the message is set aside")
        return set_aside(message, around.context, site, why=f"triage failed: {type(error).__name__}")


def _ticket(
    parsed: Parsed, around: Surroundings, decision: Decision, site: Site, now: datetime
) -> tuple[Decision, _More]:
    """Return the decision as it stands once the reply is written, and the ticket to open or to go on with."""
    message, account, followed = parsed.message, parsed.account, around.followed
    if followed is not None and joins(followed, account, decision, site.follow_ups, now):
        due_at = _asked_again(followed.ticket, decision, message, site, now)
        return decision, {"joins": followed.ticket, "asked_again_due_at": due_at}
    if followed is not None:
        decision = kept_secret(decision, followed.ticket, account)
    decision, reply = only_if_writable(message, decision, account, site, now)
    opens = ticket_for(message, decision, account, now)
    if followed is not None:
        opens = replace(opens, follows=followed.ticket.id)
    return decision, {"opens": opens, "reply": reply}


def _asked_again(ticket: Ticket, decision: Decision, message: Message, site: Site, now: datetime) -> datetime | None:
    """Return when an answer to what was asked after the first one is due; None: nothing is asked.

    It is owed by whoever has the ticket, and counted from when the follow-up arrived (docs/decisions/0008).
    """
    if not asks_something(decision):
        return None
    account = site.find_account(ticket.account)
    if account is None or decision.due is None:
        return decision.due.answer_at if decision.due else None
    try:
        return answer_from(site, account, ticket.unit, ticket.category, message.arrived_at, local_date(now))
    except (BadInput, KeyError):
        # The unit is gone from the settings, say: what the message would be promised by itself holds.
        return decision.due.answer_at


def _undecided(parsed: Parsed, fate: Fate, why: str, reasons: tuple[Reason, ...] = ()) -> Settled:
    return Settled(parsed=parsed, fate=fate, explanation=record_undecided(why, reasons))
