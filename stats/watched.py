"""Watched: on how many of the working days on which something waited a person was there (domain.md 4.2 E1). Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.account import Account
from domain.finding import Finding, FindingKind
from domain.hours import CalendarSettings
from domain.ids import AccountId, OrganisationId
from domain.indicator import Waited, Watched
from domain.open_time import local_date
from domain.swedish_calendar import is_working_day

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of the accounts in a stretch of time."""

    waited: Iterable[Waited]
    #: How much came, and how much people did, by account and day.
    received: Mapping[tuple[AccountId, date], int]
    handled: Mapping[tuple[AccountId, date], int]
    findings: Sequence[Finding]


def months_between(first: date, last: date) -> tuple[date, ...]:
    """Return the first day of each month that has a day between two dates, both included."""
    month, found = first.replace(day=1), []
    while month <= last:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return tuple(found)


def watched_of(
    accounts: Sequence[Account], calendars: Mapping[OrganisationId, CalendarSettings], seen: Seen, first: date,
    last: date, now: datetime,
) -> tuple[Watched, ...]:  # fmt: skip
    """Return how each account was watched in each month between two dates, both included; never later than now."""
    last = min(last, local_date(now))
    waiting = _days_waiting(seen.waited, first, last)
    opened = Counter((each.account, local_date(each.opened_at).replace(day=1), each.kind) for each in seen.findings)
    found = []
    for month in months_between(first, last):
        span = [day for day in _days(first, last) if day.replace(day=1) == month]
        for account in accounts:
            working = [day for day in span if is_working_day(calendars[account.organisation], day)]
            waits = [day for day in working if day in waiting[account.id]]
            found.append(
                Watched(
                    month=month,
                    account=account,
                    received=sum(seen.received.get((account.id, day), 0) for day in span),
                    days_waiting=len(waits),
                    days_watched=sum(seen.handled.get((account.id, day), 0) > 0 for day in waits),
                    unwatched=opened[account.id, month, FindingKind.unwatched],
                    silent=opened[account.id, month, FindingKind.silent],
                    unreachable=opened[account.id, month, FindingKind.unreachable],
                )
            )
    return tuple(found)


def _days_waiting(waited: Iterable[Waited], first: date, last: date) -> Mapping[AccountId, set[date]]:
    """Return on which days something waited: from the day after it came to the day it was handled, both included.

    What is handled on the day it came counts for that day; what comes late in the afternoon is no fault of that day's.
    """
    found: dict[AccountId, set[date]] = defaultdict(set)
    for each in waited:
        ends = last if each.handled_at is None else local_date(each.handled_at)
        begins = min(local_date(each.arrived_at) + _ONE_DAY, ends)
        found[each.account].update(_days(max(begins, first), min(ends, last)))
    return found


def _days(first: date, last: date) -> Iterator[date]:
    yield from (first + number * _ONE_DAY for number in range((last - first).days + 1))
