"""hours.toml: opening hours with lunch closing, half days and exceptions, and the municipality's calendar."""

from datetime import date

from pydantic import ConfigDict, Field, model_validator

from domain.hours import CalendarSettings, DayConvention, HalfDay, HoursException, Schedule, Span, Week, WeeklyHours
from domain.ids import ScheduleId
from settings.faults import nearest
from settings.fields import Id, OneOrMany, Spans, Table, Text, TimeOfDay

#: The days of the week, Monday first.
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CALENDAR = CalendarSettings()


class WeekTable(Table):
    """A week's hours: a key for a day (`sat`) or for a row of days (`mon-thu`); a day that is not named is closed."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Spans]

    half_day_closes: TimeOfDay | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _days_are_known(self) -> "WeekTable":
        self.week()
        _in_order(self.valid_from, self.valid_to, "valid_to lies before valid_from")
        return self

    def week(self) -> Week:
        """Return the spans of every day, Monday first.

        Raises:
            ValueError: a key names no day, or a day is named twice.
        """
        week: list[tuple[Span, ...] | None] = [None] * 7
        for key, spans in self.__pydantic_extra__.items():
            for day in days_of(key):
                if week[day] is not None:
                    raise ValueError(f"{DAYS[day]} is named twice, the second time by {key!r}")
                week[day] = spans
        mon, tue, wed, thu, fri, sat, sun = (spans or () for spans in week)
        return (mon, tue, wed, thu, fri, sat, sun)

    def to_domain(self) -> WeeklyHours:
        """Return the week with the dates it holds."""
        return WeeklyHours(
            week=self.week(),
            half_day_closes=self.half_day_closes,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )


def days_of(key: str) -> range:
    """Return the days that a key names, Monday being 0.

    >>> list(days_of("mon-wed"))
    [0, 1, 2]

    Raises:
        ValueError: the key names no day.
    """
    first, _, last = key.partition("-")
    for day in (first, last or first):
        if day not in DAYS:
            raise ValueError(f"{key!r} is no day of the week{nearest(day, DAYS)}")
    if DAYS.index(last or first) < DAYS.index(first):
        raise ValueError(f'{key!r} runs backwards: write the earlier day first, as in "mon-thu"')
    return range(DAYS.index(first), DAYS.index(last or first) + 1)


def _in_order(first: date | None, last: date | None, wrong: str) -> None:
    if first and last and last < first:
        raise ValueError(wrong)


class ExceptionTable(Table):
    """Other hours on some dates."""

    first: date
    last: date | None = None
    spans: Spans = ()
    why: str = ""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "ExceptionTable":
        _in_order(self.first, self.last, "last lies before first")
        return self

    def to_domain(self) -> HoursException:
        """Return the exception; without `last` it is of one day."""
        return HoursException(first=self.first, last=self.last or self.first, spans=self.spans, why=self.why)


class ScheduleTable(Table):
    """One set of opening hours with its history."""

    name: Text
    weekly: OneOrMany[WeekTable] = Field(min_length=1)
    half_day_closes: TimeOfDay | None = None
    exceptions: tuple[ExceptionTable, ...] = ()

    def to_domain(self, id: str) -> Schedule:
        """Return the schedule."""
        return Schedule(
            id=ScheduleId(id),
            name=self.name,
            weekly=tuple(each.to_domain() for each in self.weekly),
            half_day_closes=self.half_day_closes,
            exceptions=tuple(each.to_domain() for each in self.exceptions),
        )


class CalendarTable(Table):
    """What the municipality has decided about the year."""

    convention: DayConvention = _CALENDAR.convention
    half_days: tuple[HalfDay, ...] = _CALENDAR.half_days
    closed_days: tuple[date, ...] = _CALENDAR.closed_days

    def to_domain(self) -> CalendarSettings:
        """Return the calendar's settings."""
        return CalendarSettings(**dict(self))


class HoursFile(Table):
    """The whole of hours.toml."""

    calendar: CalendarTable = CalendarTable()
    schedules: dict[Id, ScheduleTable] = Field(min_length=1)
