"""Silence: how often a mailbox that is well is called silent, and how soon one that has fallen silent is.

Simulated are mailboxes of several sizes over three years each: weekdays and hours of an office, days that differ (a
gamma's share of them), slow ups and downs over weeks, a summer dip and Christmas of their own depth, thin working days
between free days. What the watch knows is what it would know: the twelve weeks before the last arrival.
"""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import exp
from statistics import median

from rich.console import Console
from rich.table import Table

from domain.hours import CalendarSettings, Schedule, Span, WeeklyHours
from domain.ids import ScheduleId
from domain.instant import STOCKHOLM
from domain.swedish_calendar import is_working_day
from domain.watching import WatchSettings
from watch.rhythm import Rhythm, learn, silent_from

#: Messages on an ordinary working day.
SIZES = (0.3, 1.0, 3.0, 10.0, 40.0, 150.0)
FIRST, LAST = date(2024, 1, 8), date(2027, 1, 7)
CALENDAR = CalendarSettings()
SETTINGS = WatchSettings()

_OFFICE = (Span(time(8), time(16, 30)),)
SCHEDULE = Schedule(
    id=ScheduleId("office"), name="Office", weekly=(WeeklyHours(week=(*(_OFFICE,) * 5, (), ())),),
    half_day_closes=time(13),
)  # fmt: skip

#: The share of each local hour of a working day.
HOURS = (0.2, 0.1, 0.1, 0.1, 0.1, 0.3, 1, 3, 9, 11, 11, 9, 6, 9, 9, 8, 6, 4, 3, 3, 3, 2, 1, 0.5)
WEEKDAYS = (1.25, 1.05, 1.0, 0.95, 0.75, 0.15, 0.2)


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of the mailboxes of one size."""

    a_day: float
    years: float
    false_alarms: int
    #: Open hours from the first message that did not come to the alarm; never: not within sixty days.
    hours: tuple[float, ...]
    never: int


def run(console: Console) -> None:
    """Print false alarms a year and account, and the time to detection, for each size of mailbox."""
    table = Table(title=f"Silence: at most {SETTINGS.false_alarms_per_year} false alarms a year and account are wanted")
    for name in ("a day", "account-years", "false alarms", "a year", "open hours, median", "90 %", "not in 60 days"):
        table.add_column(name, justify="right")
    every = [measure(size, accounts=20) for size in SIZES]
    for each in every:
        table.add_row(*_row(each))
    years, alarms = sum(each.years for each in every), sum(each.false_alarms for each in every)
    table.add_row("all", f"{years:.0f}", str(alarms), f"{alarms / years:.3f}", "", "", "")
    console.print(table)


def measure(a_day: float, *, accounts: int, seed: int = 1) -> Figures:
    """Simulate mailboxes of one size, and count."""
    years, alarms, hours, never = 0.0, 0, list[float](), 0
    for number in range(accounts):
        chance = random.Random(f"{seed}/{a_day}/{number}")
        times = list(arrivals(a_day, chance))
        alarms += sum(1 for _ in false_alarms(times))
        years += (LAST - FIRST).days / 365.25 - 0.25
        for _ in range(10):
            found = time_to_detect(times, chance)
            if found is None:
                never += 1
            else:
                hours.append(found)
    return Figures(a_day, years, alarms, tuple(sorted(hours)), never)


def arrivals(a_day: float, chance: random.Random) -> Iterator[datetime]:
    """Yield when messages come to a mailbox that is well."""
    summer, christmas, spread = chance.uniform(0.35, 0.8), chance.uniform(0.1, 0.4), chance.uniform(2, 12)
    drift, day = 1.0, FIRST
    while day < LAST:
        if day.weekday() == 0:
            drift = min(max(drift * exp(chance.gauss(0, 0.08)), 0.5), 2.0)
        amount = a_day * drift * _share(day, summer, christmas) * chance.gammavariate(spread, 1 / spread)
        yield from _of_day(day, amount, chance)
        day += timedelta(days=1)


def false_alarms(times: list[datetime]) -> Iterator[datetime]:
    """Yield the alarms of a mailbox that is well; what it knows is learned anew every fourth week."""
    rhythm, learned_at = None, None
    for before, after in pairwise(times):
        if learned_at is None or before - learned_at >= timedelta(days=28):
            rhythm, learned_at = _learn(times, before), before
        if rhythm is not None and after - before > SETTINGS.silent_at_least:
            alarm = silent_from(rhythm, before, SCHEDULE, CALENDAR, SETTINGS)
            if alarm is not None and alarm < after:
                yield alarm


def time_to_detect(times: list[datetime], chance: random.Random) -> float | None:
    """Let a mailbox fall silent at some arrival; return the open hours until the alarm."""
    index = chance.randrange(len(times) // 3, len(times) - 1)
    rhythm = _learn(times, times[index])
    alarm = None if rhythm is None else silent_from(rhythm, times[index], SCHEDULE, CALENDAR, SETTINGS)
    if alarm is None or alarm - times[index] > timedelta(days=60):
        return None
    return _open_hours(times[index], alarm)


def _learn(times: list[datetime], until: datetime) -> Rhythm | None:
    since = max(until - SETTINGS.learned_over, times[0])
    known = [(at, 1) for at in times[bisect_left(times, since) : bisect_right(times, until)]]
    return learn(known, since, until, CALENDAR, SETTINGS)


def _of_day(day: date, amount: float, chance: random.Random) -> list[datetime]:
    count = _poisson(amount, chance)
    midnight = datetime.combine(day, time(), STOCKHOLM).astimezone(UTC)
    hours = chance.choices(range(24), HOURS, k=count)
    return sorted(midnight + timedelta(hours=hour, minutes=chance.uniform(0, 60)) for hour in hours)


def _poisson(mean: float, chance: random.Random) -> int:
    count, left = 0, chance.expovariate(1.0)
    while left < mean:
        count += 1
        left += chance.expovariate(1.0)
    return count


def _share(day: date, summer: float, christmas: float) -> float:
    kind = day.weekday() if is_working_day(CALENDAR, day) or day.weekday() == 5 else 6
    share = WEEKDAYS[kind]
    if (6, 22) <= (day.month, day.day) <= (8, 9):
        share *= summer
    if (day.month, day.day) >= (12, 21) or (day.month, day.day) <= (1, 6):
        share *= christmas
    between = kind < 5 and not any(is_working_day(CALENDAR, day + timedelta(days=step)) for step in (-1, 1))
    return share * 0.5 if between else share


def _open_hours(since: datetime, until: datetime) -> float:
    """Return the office hours between two instants, on working days, to the quarter."""
    quarter, count, at = timedelta(minutes=15), 0, since
    while at < until:
        local = at.astimezone(STOCKHOLM)
        if is_working_day(CALENDAR, local.date()) and time(8) <= local.time() < time(16, 30):
            count += 1
        at += quarter
    return count / 4


def _row(figures: Figures) -> tuple[str, ...]:
    found = figures.hours
    middle, late = (f"{median(found):.1f}", f"{found[int(len(found) * 0.9)]:.1f}") if found else ("", "")
    rate = f"{figures.false_alarms / figures.years:.3f}"
    return (
        str(figures.a_day),
        f"{figures.years:.0f}",
        str(figures.false_alarms),
        rate,
        middle,
        late,
        str(figures.never),
    )
