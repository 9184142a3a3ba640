"""Opening hours and the calendar's settings: several spans a day, with validity dates and exceptions."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from domain.ids import ScheduleId


@dataclass(frozen=True, slots=True)
class Span:
    """An open stretch of one local day: opens at `opens`, closed from `closes` on."""

    opens: time
    closes: time


#: Monday first; each day's spans in order and apart; an empty day is closed.
Week = tuple[
    tuple[Span, ...],
    tuple[Span, ...],
    tuple[Span, ...],
    tuple[Span, ...],
    tuple[Span, ...],
    tuple[Span, ...],
    tuple[Span, ...],
]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyHours:
    """A week's hours, with the dates they hold. Both dates are included; None is open-ended."""

    week: Week
    #: When a half day closes while these hours hold; None: as the schedule says.
    half_day_closes: time | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursException:
    """Other hours on some dates (R43): summer, a staff day. No spans means closed."""

    first: date
    last: date
    spans: tuple[Span, ...] = ()
    #: Said in the reasoning, such as "sommartid".
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One set of opening hours with its history."""

    id: ScheduleId
    name: str
    #: The last entry whose dates hold is used.
    weekly: tuple[WeeklyHours, ...]
    #: When the day before a red day closes (domain.md 5.1); None: as any other day.
    half_day_closes: time | None = None
    #: The first entry whose dates hold is used; it beats the week, the half day and the calendar.
    exceptions: tuple[HoursException, ...] = ()


class DayConvention(StrEnum):
    """Which day is day 0 of a working-day target. Source: domain.md 5.4 C3 and C4."""

    #: C3: the arrival day, whatever the hour and whether or not the office was open.
    arrival_day = "arrival_day"
    #: B: the next working day, if it arrived after closing or on a closed day.
    next_working_day = "next_working_day"


class HalfDay(StrEnum):
    """Working days that end early. Source: domain.md 5.1, day before a red day."""

    trettondagsafton = "trettondagsafton"
    skartorsdag = "skartorsdag"
    valborgsmassoafton = "valborgsmassoafton"
    before_ascension_day = "before_ascension_day"
    before_national_day = "before_national_day"
    before_all_saints_day = "before_all_saints_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSettings:
    """What the municipality has decided about the year."""

    convention: DayConvention = DayConvention.arrival_day
    half_days: tuple[HalfDay, ...] = tuple(HalfDay)
    #: Days the organisation has declared closed, such as klämdagar.
    closed_days: tuple[date, ...] = ()
