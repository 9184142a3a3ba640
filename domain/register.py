"""The account register: each account with what is known of it, and what happened on each of the last days. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.account import Account
from domain.facts import Workload
from domain.finding import Finding, FindingKind, Heartbeat
from domain.ids import AccountId
from domain.open_time import local_date
from domain.person import Person

#: So many days the strip shows.
DAYS = 30

#: What makes a day red: people did not handle what came, or nothing could be read.
RED = frozenset({FindingKind.unreachable, FindingKind.unwatched, FindingKind.silent, FindingKind.withheld,
                 FindingKind.canary_missing})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hour:
    """What happened in one hour of an account."""

    account: AccountId
    #: The hour's beginning.
    at: datetime
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


def days_of(today: date, hours: Iterable[Hour], findings: Sequence[Finding], *, count: int = DAYS) -> tuple[Day, ...]:
    """Return the last days of an account, today last.

    Args:
        today: the last day, in Stockholm.
        hours: the hours of the account in which something happened.
        findings: findings about the account, open ones and closed ones.
        count: how many days.
    """
    received: dict[date, int] = {}
    handled: dict[date, int] = {}
    for hour in hours:
        day = local_date(hour.at)
        received[day] = received.get(day, 0) + hour.received
        handled[day] = handled.get(day, 0) + hour.handled
    red = [each for each in findings if each.kind in RED]
    days = [today - timedelta(days=back) for back in reversed(range(count))]
    return tuple(
        Day(day=day, received=received.get(day, 0), handled=handled.get(day, 0), red=_red_on(day, red)) for day in days
    )


def _red_on(day: date, findings: Iterable[Finding]) -> tuple[FindingKind, ...]:
    held = {
        each.kind
        for each in findings
        if local_date(each.opened_at) <= day and (each.closed_at is None or day <= local_date(each.closed_at))
    }
    return tuple(sorted(held))
