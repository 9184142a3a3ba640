"""Escalation: how far up a matter has risen that nobody has acknowledged or closed, in working days."""

from datetime import date, timedelta

from domain.alerting import Acknowledgement
from domain.hours import CalendarSettings
from domain.swedish_calendar import is_working_day

_ONE_DAY = timedelta(days=1)


def working_days_between(calendar: CalendarSettings, since: date, day: date) -> int:
    """Return how many working days lie after `since` up to and with `day`; 0 when it does not lie after.

    >>> working_days_between(CalendarSettings(), date(2026, 11, 27), date(2026, 11, 30))
    1
    """
    span = (day - since).days
    return sum(is_working_day(calendar, since + timedelta(days=offset)) for offset in range(1, span + 1))


def level(calendar: CalendarSettings, since: date, day: date, every: int) -> int:
    """Return how many steps up a matter has come: one for every so many working days."""
    return working_days_between(calendar, since, day) // every


def rises_on(calendar: CalendarSettings, since: date, day: date, every: int) -> date:
    """Return the day on which it takes the next step up, counted as by `level`."""
    wanted = (level(calendar, since, day, every) + 1) * every
    reached, counted = since, 0
    while counted < wanted:
        reached += _ONE_DAY
        counted += is_working_day(calendar, reached)
    return reached


def late_since(calendar: CalendarSettings, day: date, working_days: int) -> date:
    """Return the last date of which `day` is at least so many working days later."""
    reached, counted = day, 0
    while counted < working_days:
        counted += is_working_day(calendar, reached)
        reached -= _ONE_DAY
    return reached


def is_quiet(acknowledged: Acknowledgement | None, day: date) -> bool:
    """Ask whether an acknowledgement still holds; its last day is a day of quiet."""
    return acknowledged is not None and day <= acknowledged.until


def counts_from(acknowledged: Acknowledgement | None, first_told_on: date | None, day: date) -> date:
    """Return from when the steps are counted: when quiet ended, else when it was first told of, else now."""
    if acknowledged is not None:
        return acknowledged.until + _ONE_DAY
    return first_told_on or day
