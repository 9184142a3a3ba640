"""The Swedish calendar: red days, closed eves, working days and half days. Source: domain.md 5.1."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

import holidays
from holidays.constants import HOLIDAY_NAME_DELIMITER

from domain.errors import BadInput
from domain.hours import CalendarSettings, HalfDay

_SATURDAY, _SUNDAY = 5, 6

#: What a day is called that only the organisation has closed.
DECLARED_CLOSED = "declared closed"

#: The red day that each half day comes before, as the `holidays` package names it in Swedish.
_RED_DAY_AFTER: Mapping[HalfDay, str] = MappingProxyType(
    {
        HalfDay.trettondagsafton: "Trettondedag jul",
        HalfDay.skartorsdag: "Långfredagen",
        HalfDay.valborgsmassoafton: "Första maj",
        HalfDay.before_ascension_day: "Kristi himmelsfärdsdag",
        HalfDay.before_national_day: "Nationaldagen",
        HalfDay.before_all_saints_day: "Alla helgons dag",
    }
)


@dataclass(frozen=True, slots=True)
class _Year:
    """The named free days of one year, Sundays aside: date to name."""

    red: Mapping[date, str]
    #: Midsommarafton, julafton and nyårsafton: equal to Sundays for deadlines.
    eves: Mapping[date, str]


@lru_cache(maxsize=64)
def _year(year: int) -> _Year:
    # Outside the years that the package knows it answers "no holidays" instead of failing: a promise
    # built on that would be wrong without a trace, so it is refused (domain.md 3.3 row 38, fail closed).
    year_of = _Year(_named(year, "public"), _named(year, "de_facto"))
    if not year_of.red:
        raise BadInput(f"The calendar knows no public holidays in {year}: give a time in our own century")
    return year_of


def _named(year: int, category: str) -> Mapping[date, str]:
    found = holidays.country_holidays("SE", years=year, categories=(category,), language="sv", expand=False)
    return MappingProxyType(dict(found.items()))


def is_red_day(day: date) -> bool:
    """Say whether the day is a general holiday; Sundays are.

    >>> is_red_day(date(2026, 5, 14))
    True
    """
    return day.weekday() == _SUNDAY or day in _year(day.year).red


def why_closed(settings: CalendarSettings, day: date) -> str | None:
    """Return what closes every office that day; None: nothing does.

    A Saturday or Sunday as such closes nothing: whether an office is open then stands in its own hours.

    Returns:
        The day's Swedish name, or that the organisation has declared it closed.
    """
    year = _year(day.year)
    named = year.red.get(day) or year.eves.get(day)
    return named or (DECLARED_CLOSED if day in settings.closed_days else None)


def is_working_day(settings: CalendarSettings, day: date) -> bool:
    """Say whether the day is an *arbetsdag*: Monday to Friday, and nothing closes it. A half day is one."""
    return day.weekday() < _SATURDAY and why_closed(settings, day) is None


def next_working_day(settings: CalendarSettings, day: date) -> date:
    """Return the first working day after the day.

    Raises:
        BadInput: it lies beyond the years that the calendar knows.
    """
    following = day + timedelta(days=1)
    while not is_working_day(settings, following):
        following += timedelta(days=1)
    return following


def is_half_day(settings: CalendarSettings, day: date) -> bool:
    """Say whether the day is a working day that ends early, because tomorrow is one of the chosen red days.

    >>> is_half_day(CalendarSettings(), date(2027, 4, 30))
    True
    """
    tomorrow = day + timedelta(days=1)
    names = _names(_year(tomorrow.year).red.get(tomorrow, ""))
    return any(_RED_DAY_AFTER[half] in names for half in settings.half_days) and is_working_day(settings, day)


def _names(joined: str) -> Iterable[str]:
    # Two red days may fall on one date: 1 May 2008 was also Kristi himmelsfärdsdag.
    return joined.split(HOLIDAY_NAME_DELIMITER)
