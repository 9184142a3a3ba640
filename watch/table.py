"""The table of findings: what is asked of every account, in order; one line a kind."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from domain.account import Account, AccountStatus
from domain.facts import Facts
from domain.finding import FindingKind
from domain.watching import WatchSettings
from watch.address import not_published, off_domain, published_but_gone
from watch.canary import canary_missing, canary_unsent
from watch.ending import duplicate_auto_reply, expiring
from watch.findings import unreachable
from watch.flood import sms_flood
from watch.people import absent, left, no_manager
from watch.quiet import inactive, silent
from watch.waiting import dormant_in_use, unwatched

#: (facts of one account, its thresholds, now) → None, or a sentence of evidence.
Ask = Callable[[Facts, WatchSettings, datetime], str | None]

IN_USE = frozenset({AccountStatus.active})
NOT_CLOSED = frozenset({AccountStatus.active, AccountStatus.dormant})
ANY = frozenset(AccountStatus)


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of finding: what asks for it, and of which accounts."""

    kind: FindingKind
    ask: Ask
    of: frozenset[AccountStatus] = IN_USE


QUESTIONS = (
    Question(FindingKind.unreachable, unreachable, NOT_CLOSED),
    Question(FindingKind.expiring, expiring, NOT_CLOSED),
    Question(FindingKind.unwatched, unwatched),
    Question(FindingKind.dormant_in_use, dormant_in_use, frozenset({AccountStatus.dormant})),
    Question(FindingKind.silent, silent),
    Question(FindingKind.inactive, inactive),
    Question(FindingKind.off_domain, off_domain, NOT_CLOSED),
    Question(FindingKind.no_manager, no_manager, NOT_CLOSED),
    Question(FindingKind.left, left, NOT_CLOSED),
    Question(FindingKind.absent, absent),
    Question(FindingKind.not_published, not_published),
    Question(FindingKind.published_but_gone, published_but_gone, ANY),
    Question(FindingKind.canary_missing, canary_missing),
    Question(FindingKind.canary_unsent, canary_unsent),
    Question(FindingKind.sms_flood, sms_flood),
    Question(FindingKind.duplicate_auto_reply, duplicate_auto_reply),
)


def asked_of(account: Account) -> frozenset[FindingKind]:
    """Return the kinds that are asked of an account as it is used now."""
    return frozenset(each.kind for each in QUESTIONS if account.status in each.of)


def findings_of(
    facts: Facts, settings: WatchSettings, now: datetime, kinds: Collection[FindingKind]
) -> dict[FindingKind, str]:
    """Return what of these kinds is wrong with an account now, with a sentence each."""
    asked = (each for each in QUESTIONS if each.kind in kinds and facts.account.status in each.of)
    answers = ((each.kind, each.ask(facts, settings, now)) for each in asked)
    return {kind: evidence for kind, evidence in answers if evidence is not None}
