"""The account register: each account with what is known of it, and what happened on each of the last days. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from domain.account import Account
from domain.facts import Workload
from domain.finding import Finding, FindingKind, Heartbeat
from domain.ids import AccountId, FindingId
from domain.instant import STOCKHOLM
from domain.open_time import local_date
from domain.person import Person

#: So many days the strip shows.
DAYS = 30

#: What makes a day red: people did not handle what came, or nothing could be read.
RED = frozenset({FindingKind.unreachable, FindingKind.unwatched, FindingKind.silent, FindingKind.withheld,
                 FindingKind.canary_missing})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """How much came to an account on one day, and how much people did there."""

    account: AccountId
    day: date
    received: int
    handled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What happened on one day of an account, by Stockholm's midnight."""

    day: date
    received: int = 0
    handled: int = 0
    #: Findings that make it red.
    red: tuple[FindingKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One account of the register."""

    account: Account
    manager: Person | None
    deputy: Person | None
    readers: tuple[Person, ...] = ()
    #: None: it was never visited.
    heartbeat: Heartbeat | None
    workload: Workload
    #: Those that are open, oldest first.
    findings: tuple[Finding, ...]
    #: The last days, today last.
    days: tuple[Day, ...]
    #: When anybody was first told of each open finding; of those that nobody was told of none.
    alerted: Mapping[FindingId, datetime] = field(default_factory=dict)

    def days_since_alert(self, today: date, finding: FindingId | None = None) -> int | None:
        """Return how many days ago anybody was first told of a finding, or of any that is open (domain.md 4.2 E2).

        None: nobody was told.
        """
        told = [at for id, at in self.alerted.items() if finding in {None, id}]
        return (today - local_date(min(told))).days if told else None


def last_days(today: date, count: int = DAYS) -> tuple[date, ...]:
    """Return the last days, today last."""
    return tuple(today - timedelta(days=back) for back in reversed(range(count)))


def midnight(day: date) -> datetime:
    """Return when a day begins in Stockholm; aware UTC.

    >>> midnight(date(2026, 11, 24)).isoformat()
    '2026-11-23T23:00:00+00:00'
    """
    return datetime.combine(day, time(), STOCKHOLM).astimezone(UTC)


def days_of(today: date, counts: Iterable[Count], findings: Sequence[Finding], *, count: int = DAYS) -> tuple[Day, ...]:
    """Return the last days of an account, today last.

    Args:
        today: the last day, in Stockholm.
        counts: the days of the account on which something happened.
        findings: findings about the account, open ones and closed ones.
        count: how many days.
    """
    known = {each.day: each for each in counts}
    red = [each for each in findings if each.kind in RED]
    return tuple(
        Day(
            day=day,
            received=known[day].received if day in known else 0,
            handled=known[day].handled if day in known else 0,
            red=_red_on(day, red),
        )
        for day in last_days(today, count)
    )


def _red_on(day: date, findings: Iterable[Finding]) -> tuple[FindingKind, ...]:
    held = {
        each.kind
        for each in findings
        if local_date(each.opened_at) <= day and (each.closed_at is None or day <= local_date(each.closed_at))
    }
    return tuple(sorted(held))
