"""What holds of every schedule, calendar, arrival and target."""

from bisect import bisect
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.hours import CalendarSettings, DayConvention, HalfDay, HoursException, Schedule, Span, WeeklyHours
from domain.ids import ScheduleId
from domain.open_time import add_open_time, closing_at, is_open, local_date, next_opening, open_day, open_stretches
from domain.promises import count_target
from domain.service_level import Target, TargetKind
from tests.unit.domain.step_through import DAY, MINUTE, SECOND, Walker

#: Quarters of an hour outside the hours when clocks are changed.
QUARTERS = [time(hour, minute) for hour in (0, 1, *range(4, 24)) for minute in (0, 15, 30, 45)]
FIRST = date(2026, 1, 1)
OFFICE = (Span(time(9), time(11)),)

unhurried = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
slow = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])

some_dates = st.integers(0, 729).map(lambda count: FIRST + count * DAY)
arrivals = st.integers(0, 700 * 24 * 60).map(lambda count: datetime(2026, 1, 1, tzinfo=UTC) + count * MINUTE)
minutes = st.integers(1, 12 * 60)


def _as_spans(chosen):
    ordered = sorted(chosen)[: len(chosen) // 2 * 2]
    return tuple(Span(*pair) for pair in zip(ordered[::2], ordered[1::2], strict=True))


day_hours = st.sets(st.sampled_from(QUARTERS), max_size=6).map(_as_spans)
# Every week opens on Tuesdays and Thursdays, so that each search ends soon.
weeks = st.tuples(day_hours, st.just(OFFICE), day_hours, st.just(OFFICE), day_hours, day_hours, day_hours)


@st.composite
def schedules(draw):
    changes_on, first = draw(some_dates), draw(some_dates)
    spans = draw(day_hours)
    return Schedule(
        id=ScheduleId("drawn"),
        name="drawn",
        weekly=(WeeklyHours(week=draw(weeks)), WeeklyHours(week=draw(weeks), valid_from=changes_on)),
        half_day_closes=draw(st.none() | st.sampled_from(QUARTERS)),
        exceptions=(HoursException(first=first, last=first + draw(st.integers(0, 9)) * DAY, spans=spans),),
    )


calendars = st.builds(
    CalendarSettings,
    convention=st.sampled_from(DayConvention),
    half_days=st.sets(st.sampled_from(HalfDay)).map(tuple),
    closed_days=st.sets(some_dates, max_size=5).map(tuple),
)


@slow
@given(schedules(), calendars, arrivals, minutes)
def test_open_time_agrees_with_walking_through_it_minute_by_minute(schedule, calendar, arrived_at, count):
    walked = Walker(schedule, calendar).add(arrived_at, count)

    assert add_open_time(schedule, calendar, arrived_at, count * MINUTE) == walked


#: Seldom longer than over a weekend: every second of it is walked.
by_the_second = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])


@by_the_second
@given(schedules(), calendars, arrivals, st.integers(0, 59), st.integers(1, 3 * 3600))
def test_open_time_agrees_with_walking_through_it_second_by_second(schedule, calendar, arrived_at, second, count):
    arrived_at += second * SECOND
    walked = Walker(schedule, calendar).step(arrived_at, count, SECOND)

    assert add_open_time(schedule, calendar, arrived_at, count * SECOND) == walked


@slow
@given(schedules(), calendars, arrivals)
def test_open_and_next_opening_agree_with_the_sign_on_the_door(schedule, calendar, instant):
    walker = Walker(schedule, calendar)
    walked = instant + MINUTE
    while walker.open_at(walked - MINUTE) or not walker.open_at(walked):
        walked += MINUTE

    assert is_open(schedule, calendar, instant) == walker.open_at(instant)
    assert next_opening(schedule, calendar, instant) == walked


@unhurried
@given(schedules(), calendars, arrivals, st.integers(1, 12 * 3600))
def test_open_time_is_due_after_the_arrival_and_never_inside_closed_time(schedule, calendar, arrived_at, seconds):
    due_at = add_open_time(schedule, calendar, arrived_at, timedelta(seconds=seconds))

    assert due_at > arrived_at
    spans = open_day(schedule, calendar, local_date(due_at)).spans
    assert any(span.opens_at < due_at <= span.closes_at for span in spans)


@unhurried
@given(schedules(), calendars, arrivals, arrivals, minutes)
def test_who_writes_later_is_never_due_earlier(schedule, calendar, one, other, count):
    first, second = sorted((one, other))

    assert add_open_time(schedule, calendar, first, count * MINUTE) <= add_open_time(
        schedule, calendar, second, count * MINUTE
    )


@unhurried
@given(schedules(), calendars, arrivals, minutes, minutes)
def test_a_longer_target_is_due_later(schedule, calendar, arrived_at, count, more):
    short = add_open_time(schedule, calendar, arrived_at, count * MINUTE)

    assert short < add_open_time(schedule, calendar, arrived_at, (count + more) * MINUTE)


@unhurried
@given(schedules(), calendars, arrivals, minutes, minutes)
def test_two_lengths_one_after_the_other_are_their_sum(schedule, calendar, arrived_at, first, second):
    halfway = add_open_time(schedule, calendar, arrived_at, first * MINUTE)

    assert add_open_time(schedule, calendar, halfway, second * MINUTE) == add_open_time(
        schedule, calendar, arrived_at, (first + second) * MINUTE
    )


@unhurried
@given(schedules(), calendars, arrivals, minutes)
def test_the_stretches_are_open_apart_and_add_up(schedule, calendar, arrived_at, count):
    stretches = open_stretches(schedule, calendar, arrived_at, count * MINUTE)

    assert sum((each.length for each in stretches), timedelta(0)) == count * MINUTE
    ends = [moment for each in stretches for moment in (each.opens_at, each.closes_at)]
    assert ends == sorted(set(ends))
    assert bisect(ends, arrived_at) <= 1


@unhurried
@given(schedules(), calendars, arrivals, st.integers(1, 12))
def test_working_days_agree_with_counting_on_the_wall_calendar(schedule, calendar, arrived_at, days):
    by_arrival_day = replace(calendar, convention=DayConvention.arrival_day)
    walker = Walker(schedule, calendar)
    last = walker.count_days(arrived_at, days)
    while not walker.hours_on(last):
        last += DAY

    due_at, _ = count_target(Target(TargetKind.working_days, days=days), arrived_at, schedule, by_arrival_day)

    assert due_at == closing_at(schedule, calendar, last)


@unhurried
@given(schedules(), calendars, arrivals, arrivals, st.integers(1, 12))
def test_working_days_are_due_after_the_arrival_and_in_the_order_of_arrival(schedule, calendar, one, other, days):
    first, second = sorted((one, other))
    target = Target(TargetKind.working_days, days=days)
    longer = Target(TargetKind.working_days, days=days + 1)

    due_at, _ = count_target(target, first, schedule, calendar)

    assert due_at > first
    assert due_at <= count_target(target, second, schedule, calendar)[0]
    assert due_at <= count_target(longer, first, schedule, calendar)[0]


clock_changes = st.sampled_from([datetime(2026, 3, 28, 11, tzinfo=UTC), datetime(2026, 10, 24, 10, tzinfo=UTC)])


@unhurried
@given(schedules(), calendars, arrivals | clock_changes, minutes, minutes)
def test_clock_time_is_the_time_that_passes_whatever_the_clocks_do(schedule, calendar, arrived_at, first, second):
    def due(at, count):
        return count_target(Target(TargetKind.clock_time, duration=count * MINUTE), at, schedule, calendar)[0]

    assert due(arrived_at, first) - arrived_at == first * MINUTE
    assert due(due(arrived_at, first), second) == due(arrived_at, first + second)


@unhurried
@given(schedules(), calendars, arrivals, arrivals, st.integers(1, 10))
def test_weeks_are_due_after_the_arrival_in_its_order_and_at_a_closing(schedule, calendar, one, other, weeks):
    first, second = sorted((one, other))
    target = Target(TargetKind.weeks, days=7 * weeks)

    due_at, _ = count_target(target, first, schedule, calendar)

    assert local_date(due_at) >= local_date(first) + 7 * weeks * DAY
    assert due_at == closing_at(schedule, calendar, local_date(due_at))
    assert due_at <= count_target(target, second, schedule, calendar)[0]


@unhurried
@given(schedules(), calendars, arrivals, st.integers(1, 6), st.integers(1, 6))
def test_working_days_one_after_the_other_are_their_sum(schedule, calendar, arrived_at, first, second):
    by_arrival_day = replace(calendar, convention=DayConvention.arrival_day)
    always = replace(schedule, weekly=(WeeklyHours(week=(OFFICE,) * 7),), exceptions=(), half_day_closes=None)

    def due(at, days):
        return count_target(Target(TargetKind.working_days, days=days), at, always, by_arrival_day)[0]

    assert due(due(arrived_at, first), second) == due(arrived_at, first + second)


@unhurried
@given(schedules(), calendars, arrivals, st.integers(1, 12))
def test_convention_b_is_never_earlier_than_the_arrival_day_convention(schedule, calendar, arrived_at, days):
    target = Target(TargetKind.working_days, days=days)

    c3, b = (
        count_target(target, arrived_at, schedule, replace(calendar, convention=convention))[0]
        for convention in DayConvention
    )

    assert c3 <= b
