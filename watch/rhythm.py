"""Rhythm: what normally comes to an account, learned from its own weeks; and from when on silence is not normal. Pure.

Learned are: how much comes on each weekday (a red day counts as Sunday), how that is spread over the hours of working
days and of free days, how far days differ from each other, and how much came lately compared with that. What is known
to be quiet (summer, Christmas, a single working day between free days) weighs less.

The silence that began with the last message is judged by how likely it is. Were arrivals independent, nothing at all
would come with probability exp(-expected). Days differ as a whole, and what was learned from little is uncertain;
both make long silences likelier than that (a negative binomial each):

    surprise of a day  = spread * ln(1 + expected / spread)
    surprise of all    = seen * ln(1 + sum of days / seen)

An account has as many silences a year as it has arrivals. Where one in ten years may be called wrong, one silence in
(arrivals a year * 10) may: the alarm goes when the surprise exceeds the logarithm of that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import log
from typing import Any

from domain.hours import CalendarSettings, Schedule
from domain.instant import STOCKHOLM
from domain.open_time import add_open_time, local_date
from domain.swedish_calendar import is_working_day
from domain.watching import WatchSettings

#: Less than this teaches nothing.
FEWEST_ARRIVALS = 20
SHORTEST = timedelta(days=21)

#: What came in these days, up to the last arrival, says how much comes now.
LATELY = timedelta(days=14)

#: How much comes on a working day between free days.
BETWEEN_FREE_DAYS = 0.4

#: Whoever is silent this long is silent for another reason: it is inactive.
LONGEST = timedelta(days=120)

#: Days by which a weekday's own amount is drawn towards that of its like, arrivals by which the present is drawn
#: towards the learned, and how strongly the spread is drawn towards that of ordinary mailboxes.
_LIKE, _PRESENT, _SPREAD, _ORDINARY = 2.0, 3.0, 10.0, 5.0

_SATURDAY, _SUNDAY = 5, 6
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What was learned of one account."""

    #: Arrivals on each day of the week, Monday first; Sunday is also every red day.
    days: tuple[float, ...]
    #: The share of each local hour in a working day, and in a free one; each adds up to one.
    working_hours: tuple[float, ...]
    free_hours: tuple[float, ...]
    #: The smaller, the more days differ.
    spread: float
    #: How much came lately, of what was learned; at most one.
    lately: float
    #: The arrivals that this was seen from.
    seen: float
    a_year: float

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)

    @classmethod
    def from_json(cls, learned: Mapping[str, Any]) -> "Rhythm":
        """Return what `to_json` gave."""
        found: dict[str, Any] = {
            name: tuple(each) if isinstance(each, list) else each for name, each in learned.items()
        }
        return cls(**found)


def learn(
    arrived: Iterable[tuple[datetime, int]], since: datetime, until: datetime, calendar: CalendarSettings,
    settings: WatchSettings,
) -> Rhythm | None:  # fmt: skip
    """Return an account's rhythm; None: too little is known.

    Args:
        arrived: hours with how much came in each.
        since: from when on the account was read.
        until: its last arrival: what came after it is the silence to be judged.
        calendar: for red days.
        settings: the thresholds that hold for the account.
    """
    counts = _by_day(arrived)
    first, last = local_date(since), local_date(until)
    dates = [first + number * _DAY for number in range(1, (last - first).days)]
    total = sum(sum(counts.get(day, ())) for day in dates)
    if total < FEWEST_ARRIVALS or until - since < SHORTEST:
        return None
    shares = {day: share_of(day, calendar, settings) for day in dates}
    days = _amounts(dates, counts, shares, calendar)
    expected = {day: days[_kind(day, calendar)] * shares[day] for day in dates}
    recent = [day for day in dates if last - day <= LATELY]
    came, usual = (sum(each) for each in zip(*((sum(counts.get(d, ())), expected[d]) for d in recent), strict=True))
    return Rhythm(
        days=days,
        working_hours=_hours([counts.get(day, ()) for day in dates if _kind(day, calendar) < _SATURDAY]),
        free_hours=_hours([counts.get(day, ()) for day in dates if _kind(day, calendar) >= _SATURDAY]),
        spread=_spread(dates, counts, expected),
        lately=min(1.0, (came + _PRESENT) / (usual + _PRESENT)),
        seen=came + _PRESENT,
        a_year=max(1.0, sum(days) * 52),
    )


def silent_from(
    rhythm: Rhythm, last_at: datetime, schedule: Schedule, calendar: CalendarSettings, settings: WatchSettings
) -> datetime | None:
    """Return from when on it is not normal that nothing has come since then; None: it is for months.

    Raises:
        BadInput: the schedule does not open within a year.
    """
    wanted = log(max(rhythm.a_year / settings.false_alarms_per_year, 2.0))
    surprise = 0.0
    first = day = local_date(last_at)
    for _ in range(LONGEST.days):
        amount = _amount(rhythm, day, calendar, settings)
        of_day = _of_day(rhythm, amount)
        if day == first or _surprise(rhythm, surprise + of_day) >= wanted:
            so_far = 0.0
            for at, share in _hours_after(rhythm, day, last_at, calendar):
                so_far += amount * share
                if _surprise(rhythm, surprise + _of_day(rhythm, so_far)) >= wanted:
                    return max(at, add_open_time(schedule, calendar, last_at, settings.silent_at_least))
            of_day = _of_day(rhythm, so_far)
        surprise += of_day
        day += _DAY
    return None


def usual_a_day(rhythm: Rhythm) -> float:
    """Return how much comes on a working day at present."""
    return sum(rhythm.days[:_SATURDAY]) / _SATURDAY * rhythm.lately


def share_of(day: date, calendar: CalendarSettings, settings: WatchSettings) -> float:
    """Return how much comes on a day, of what comes otherwise on such a day."""
    share = min((each.share for each in settings.quiet_periods if each.holds_on(day)), default=1.0)
    return min(share, BETWEEN_FREE_DAYS) if _is_between_free_days(day, calendar) else share


def _surprise(rhythm: Rhythm, of_days: float) -> float:
    return rhythm.seen * log(1 + of_days / rhythm.seen)


def _of_day(rhythm: Rhythm, expected: float) -> float:
    return rhythm.spread * log(1 + expected / rhythm.spread)


def _amount(rhythm: Rhythm, day: date, calendar: CalendarSettings, settings: WatchSettings) -> float:
    """Return how much comes on a day, as it is at present."""
    return rhythm.days[_kind(day, calendar)] * rhythm.lately * share_of(day, calendar, settings)


def _hours_after(
    rhythm: Rhythm, day: date, last_at: datetime, calendar: CalendarSettings
) -> Iterator[tuple[datetime, float]]:
    """Yield the end of each hour of a day after an instant, and how much of the day comes in it."""
    hours = rhythm.working_hours if _kind(day, calendar) < _SATURDAY else rhythm.free_hours
    begins = datetime.combine(day, time(), STOCKHOLM).astimezone(UTC)
    for hour, share in enumerate(hours):
        ends = begins + timedelta(hours=hour + 1)
        part = min(max((ends - last_at) / timedelta(hours=1), 0.0), 1.0)
        if part and share:
            yield ends, share * part


def _by_day(arrived: Iterable[tuple[datetime, int]]) -> dict[date, list[int]]:
    counts: dict[date, list[int]] = {}
    for at, count in arrived:
        local = at.astimezone(STOCKHOLM)
        counts.setdefault(local.date(), [0] * 24)[local.hour] += count
    return counts


def _amounts(
    dates: Sequence[date], counts: Mapping[date, Sequence[int]], shares: Mapping[date, float],
    calendar: CalendarSettings,
) -> tuple[float, ...]:  # fmt: skip
    """Return arrivals by kind of day, each drawn towards the mean of its like by what is known of it."""
    came, spent = [0.0] * 7, [0.0] * 7
    for day in dates:
        kind = _kind(day, calendar)
        came[kind] += sum(counts.get(day, ()))
        spent[kind] += shares[day]
    amounts: list[float] = []
    for like in (range(_SATURDAY), range(_SATURDAY, 7)):
        mean = sum(came[kind] for kind in like) / max(sum(spent[kind] for kind in like), 1.0)
        amounts += [(came[kind] + _LIKE * mean) / (spent[kind] + _LIKE) for kind in like]
    return tuple(round(each, 4) for each in amounts)


def _hours(days: Sequence[Sequence[int]]) -> tuple[float, ...]:
    """Return the share of each hour; of neighbours a little, so that no hour is thought to be certain."""
    plain = [sum(day[hour] for day in days if day) for hour in range(24)]
    total = sum(plain)
    if not total:
        return (0.0,) * 24
    return tuple(
        round((plain[hour - 1] + 2 * plain[hour] + plain[(hour + 1) % 24]) / (4 * total), 5) for hour in range(24)
    )


def _spread(
    dates: Sequence[date], counts: Mapping[date, Sequence[int]], expected: Mapping[date, float]
) -> float:  # fmt: skip
    """Return how alike days are, by the method of moments: the variance is the mean, and its square by the spread."""
    squares = sum(expected[day] ** 2 for day in dates)
    excess = sum((sum(counts.get(day, ())) - expected[day]) ** 2 - expected[day] for day in dates)
    return (squares + _SPREAD * _ORDINARY) / (max(excess, 0.0) + _SPREAD)


def _kind(day: date, calendar: CalendarSettings) -> int:
    """Return the weekday; a day on which nobody works is Sunday, unless it is Saturday."""
    return day.weekday() if is_working_day(calendar, day) or day.weekday() == _SATURDAY else _SUNDAY


def _is_between_free_days(day: date, calendar: CalendarSettings) -> bool:
    return is_working_day(calendar, day) and not (
        is_working_day(calendar, day - _DAY) or is_working_day(calendar, day + _DAY)
    )
