"""Open time: when a unit is open, and how open time passes. Local hours inside, aware UTC in and out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from domain.errors import BadInput
from domain.hours import CalendarSettings, HoursException, Schedule, Span, WeeklyHours
from domain.instant import STOCKHOLM, as_utc
from domain.swedish_calendar import is_half_day, why_closed

#: A unit that stays closed longer than this is taken to be wrongly configured.
LONGEST_CLOSED = timedelta(days=400)

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """An open stretch: from `opens_at` (included) to `closes_at` (not included)."""

    opens_at: datetime
    closes_at: datetime

    @property
    def length(self) -> timedelta:
        """Return how much open time it holds."""
        return self.closes_at - self.opens_at


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """What makes a day differ from the week's hours."""

    #: Such as `Långfredagen`; what the settings call an exception, or one of the names below.
    name: str
    #: When it is open all the same; empty: closed.
    spans: tuple[Span, ...] = ()


#: Names of special days that nobody has named.
HALF_DAY = "half day"
EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class OpenDay:
    """One local day of a schedule."""

    #: In order and apart; empty: closed.
    spans: tuple[OpenSpan, ...]
    #: What makes it differ from the week's hours; None: nothing.
    special: SpecialDay | None = None


class _Days:
    """The days of one schedule under one calendar, each worked out once."""

    def __init__(self, schedule: Schedule, calendar: CalendarSettings) -> None:
        self._schedule = schedule
        self._calendar = calendar
        self.on = lru_cache(maxsize=2000)(self._work_out)

    def _work_out(self, day: date) -> OpenDay:
        spans, special = _local_hours(self._schedule, self._calendar, day)
        return OpenDay(_joined(tuple(_instants(day, span) for span in spans)), special)


@lru_cache(maxsize=512)
def _days_of_equal(schedule: Schedule, calendar: CalendarSettings) -> _Days:
    return _Days(schedule, calendar)


#: By the identity of schedule and calendar, which are kept with them, so that no others get their numbers.
_known: dict[tuple[int, int], tuple[Schedule, CalendarSettings, _Days]] = {}

#: Pairs that are remembered before they are forgotten all at once.
_MOST_KNOWN = 512


def _days(schedule: Schedule, calendar: CalendarSettings) -> _Days:
    """Return the days of a schedule: a site's are the same objects at each question, and to hash one costs more."""
    key = id(schedule), id(calendar)
    if (known := _known.get(key)) is not None:
        return known[2]
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    days = _days_of_equal(schedule, calendar)
    _known[key] = schedule, calendar, days
    return days


def open_day(schedule: Schedule, calendar: CalendarSettings, day: date) -> OpenDay:
    """Return the open stretches of a local day, and what makes the day special.

    An exception beats everything, even a red day; then the calendar closes; then a half day cuts.

    Raises:
        BadInput: the day lies outside the years that the calendar knows.
    """
    return _days(schedule, calendar).on(day)


def is_open(schedule: Schedule, calendar: CalendarSettings, instant: datetime) -> bool:
    """Say whether the unit is open; at the very closing time it is not (domain.md 5.4 C2)."""
    instant = as_utc(instant)
    spans = open_day(schedule, calendar, local_date(instant)).spans
    return any(span.opens_at <= instant < span.closes_at for span in spans)


def next_opening(schedule: Schedule, calendar: CalendarSettings, instant: datetime) -> datetime:
    """Return the first time after the instant when the unit opens; lunch closing counts as closed.

    Raises:
        BadInput: the schedule does not open again within `LONGEST_CLOSED`.
    """
    instant = as_utc(instant)
    return next(span.opens_at for span in open_from(schedule, calendar, instant) if span.opens_at > instant)


def closing_at(schedule: Schedule, calendar: CalendarSettings, day: date) -> datetime | None:
    """Return when the unit closes for the day; None: it does not open."""
    spans = open_day(schedule, calendar, day).spans
    return spans[-1].closes_at if spans else None


def add_open_time(schedule: Schedule, calendar: CalendarSettings, instant: datetime, duration: timedelta) -> datetime:
    """Return the instant when that much open time has passed; closing time itself still counts.

    Raises:
        BadInput: the duration is not above zero, or the schedule does not open within `LONGEST_CLOSED`.
    """
    return open_stretches(schedule, calendar, instant, duration)[-1].closes_at


def open_stretches(
    schedule: Schedule, calendar: CalendarSettings, instant: datetime, duration: timedelta
) -> tuple[OpenSpan, ...]:
    """Return the stretches from the instant on that together hold that much open time.

    Returns:
        At least one; the last ends when the time is used up.

    Raises:
        BadInput: as `add_open_time`.
    """
    if duration <= timedelta(0):
        raise BadInput(f"{duration} is no length of open time: give one above zero")
    used: list[OpenSpan] = []
    left = duration
    spans = open_from(schedule, calendar, as_utc(instant))
    while left:
        span = next(spans)
        used.append(OpenSpan(span.opens_at, min(span.opens_at + left, span.closes_at)))
        left -= used[-1].length
    return tuple(used)


def open_from(schedule: Schedule, calendar: CalendarSettings, instant: datetime) -> Iterator[OpenSpan]:
    """Yield what is open from the instant on, for ever; the first begins at the instant if it is open then.

    Raises:
        BadInput: the schedule does not open within `LONGEST_CLOSED`.
    """
    days = _days(schedule, calendar)
    day = last_open = local_date(instant)
    while day - last_open <= LONGEST_CLOSED:
        for span in days.on(day).spans:
            if span.closes_at > instant:
                last_open = day
                yield OpenSpan(max(span.opens_at, instant), span.closes_at)
        day += _ONE_DAY
    raise BadInput(
        f"Schedule {schedule.id} does not open within {LONGEST_CLOSED.days} days after {last_open}: "
        "give it weekly hours that hold then"
    )


def local_date(instant: datetime) -> date:
    """Return the date in Stockholm.

    Raises:
        BadInput: the instant lies within hours of the end of all years; only a forged header says so.
    """
    try:
        return instant.astimezone(STOCKHOLM).date()
    except OverflowError:
        raise BadInput(f"{instant.isoformat()} is no time that anything arrived at: give one in our century") from None


def _local_hours(
    schedule: Schedule, calendar: CalendarSettings, day: date
) -> tuple[tuple[Span, ...], SpecialDay | None]:
    special = _special_day(schedule, calendar, day)
    if special is not None:
        return special.spans, special
    hours = _hours_that_hold(schedule, day)
    if hours is None:
        return (), None
    spans = hours.week[day.weekday()]
    closes = hours.half_day_closes or schedule.half_day_closes
    if closes is None or not is_half_day(calendar, day):
        return spans, None
    cut = _cut(spans, closes)
    return cut, SpecialDay(HALF_DAY, cut)


def _special_day(schedule: Schedule, calendar: CalendarSettings, day: date) -> SpecialDay | None:
    exception = _exception_on(schedule, day)
    if exception is not None:
        return SpecialDay(exception.why or EXCEPTION, exception.spans)
    closed = why_closed(calendar, day)
    return None if closed is None else SpecialDay(closed)


def _exception_on(schedule: Schedule, day: date) -> HoursException | None:
    return next((each for each in schedule.exceptions if each.first <= day <= each.last), None)


def _hours_that_hold(schedule: Schedule, day: date) -> WeeklyHours | None:
    for hours in reversed(schedule.weekly):
        if (hours.valid_from or date.min) <= day <= (hours.valid_to or date.max):
            return hours
    return None


def _cut(spans: tuple[Span, ...], closes: time) -> tuple[Span, ...]:
    return tuple(Span(span.opens, min(span.closes, closes)) for span in spans if span.opens < closes)


def _instants(day: date, span: Span) -> OpenSpan:
    # A local time that occurs twice means the first; one that does not occur is read as if the clock had
    # not yet been changed (zoneinfo's fold=0). No office opens or closes between two and three.
    opens, closes = (
        datetime.combine(day, moment, tzinfo=STOCKHOLM).astimezone(UTC) for moment in (span.opens, span.closes)
    )
    return OpenSpan(opens, closes)


def _joined(spans: tuple[OpenSpan, ...]) -> tuple[OpenSpan, ...]:
    # Hours written as 08:00-12:00 and 12:00-17:00 do not close at noon.
    joined: list[OpenSpan] = []
    for span in spans:
        if span.closes_at <= span.opens_at:  # lies in the hour that summer time takes away
            continue
        if joined and joined[-1].closes_at == span.opens_at:
            joined[-1] = OpenSpan(joined[-1].opens_at, span.closes_at)
        else:
            joined.append(span)
    return tuple(joined)
