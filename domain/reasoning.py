"""Sentences that say how a promise was counted, for people who check it: English, with local times."""

from datetime import date, datetime, timedelta
from itertools import groupby

from domain.hours import CalendarSettings, Schedule
from domain.instant import STOCKHOLM
from domain.open_time import OpenSpan, local_date, open_day

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

#: Of a long count only the first and last stretches are written out.
_FIRST, _LAST = 4, 2


def day_text(day: date) -> str:
    """Return the date with its weekday.

    >>> day_text(date(2026, 2, 3))
    'Tue 2026-02-03'
    """
    return f"{_WEEKDAYS[day.weekday()]} {day.isoformat()}"


def moment_text(instant: datetime) -> str:
    """Return the local date and time; seconds only where there are any."""
    local = instant.astimezone(STOCKHOLM)
    return f"{day_text(local.date())} {_clock(local)}"


def length_text(length: timedelta) -> str:
    """Return the length in hours, minutes and whole seconds.

    >>> length_text(timedelta(hours=1, minutes=5))
    '1 h 5 min'
    """
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if count]
    return " ".join(parts) or "0 min"


def special_days(schedule: Schedule, calendar: CalendarSettings, first: date, last: date) -> tuple[str, ...]:
    """Return a sentence for each day, or row of days, whose hours differ from the week's; both dates included."""
    days = (first + timedelta(days=count) for count in range((last - first).days + 1))
    noted = groupby(((day, open_day(schedule, calendar, day).note) for day in days), key=lambda pair: pair[1])
    return tuple(_days_sentence([day for day, _ in row], note) for note, row in noted if note)


def _days_sentence(days: list[date], note: str) -> str:
    until = f" to {day_text(days[-1])}" if len(days) > 1 else ""
    return f"{day_text(days[0])}{until}, {note}."


def stretch_steps(stretches: tuple[OpenSpan, ...], duration: timedelta) -> tuple[str, ...]:
    """Return a sentence for each open stretch: what it gave, and what is left of the duration."""
    steps: list[str] = []
    left = duration
    for stretch in stretches:
        left -= stretch.length
        rest = f"{length_text(left)} left" if left else "nothing left"
        steps.append(f"{_stretch_text(stretch)} gives {length_text(stretch.length)}, {rest}.")
    hidden = len(steps) - _FIRST - _LAST
    if hidden > 1:
        steps[_FIRST:-_LAST] = [f"The next {hidden} open stretches are counted in the same way."]
    return tuple(steps)


def _stretch_text(stretch: OpenSpan) -> str:
    opens, closes = stretch.opens_at.astimezone(STOCKHOLM), stretch.closes_at.astimezone(STOCKHOLM)
    return f"{day_text(local_date(opens))} {_clock(opens)}–{_clock(closes)}"


def _clock(local: datetime) -> str:
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
