"""Opening hours: spans, exceptions, validity dates, half days, and the ends of summer time."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from domain.errors import BadInput
from domain.hours import CalendarSettings, HoursException, Schedule, Span, WeeklyHours
from domain.ids import ScheduleId
from domain.instant import STOCKHOLM, as_utc
from domain.open_time import SpecialDay, add_open_time, closing_at, is_open, next_opening, open_day, open_stretches
from tests.builders import schedule

CALENDAR = CalendarSettings()
KC = schedule("kc", "07:30", "17:00")
HOUR = timedelta(hours=1)


def local(text, fold=0):
    return as_utc(datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM, fold=fold))


def spans(*texts):
    pairs = (text.split("-") for text in texts)
    return tuple(Span(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in pairs)


def weekly(*days, **validity):
    """Return a week; days that are left out are closed."""
    return WeeklyHours(week=(*days, *((),) * (7 - len(days))), **validity)


def made(*weeks, **changes):
    return Schedule(id=ScheduleId("made"), name="made", weekly=weeks, **changes)


LONG = spans("08:00-12:00", "13:00-17:00")
LUNCH = made(weekly(LONG, LONG, LONG, LONG, spans("08:00-12:00", "13:00-16:00")))


def test_an_hour_from_a_quarter_to_twelve_ends_after_the_lunch_closing():
    due_at = add_open_time(LUNCH, CALENDAR, local("2026-02-02 11:45"), HOUR)

    assert due_at == local("2026-02-02 13:45")


def test_a_friday_that_ends_earlier_hands_the_rest_over_to_monday():
    due_at = add_open_time(LUNCH, CALENDAR, local("2026-02-06 15:45"), HOUR)

    assert due_at == local("2026-02-09 08:45")


@pytest.mark.parametrize(
    ("at", "open"),
    [
        ("2026-02-02 07:59:59", False),
        ("2026-02-02 08:00", True),
        ("2026-02-02 11:59:59", True),
        ("2026-02-02 12:00", False),
        ("2026-02-02 13:00", True),
        ("2026-02-02 17:00", False),
        ("2026-02-07 10:00", False),
        ("2026-04-03 10:00", False),
    ],
)
def test_a_unit_is_open_from_the_opening_until_just_before_the_closing(at, open):
    assert is_open(LUNCH, CALENDAR, local(at)) is open


@pytest.mark.parametrize(
    ("after", "opens"),
    [
        ("2026-02-02 07:00", "2026-02-02 08:00"),
        ("2026-02-02 08:00", "2026-02-02 13:00"),
        ("2026-02-02 12:30", "2026-02-02 13:00"),
        ("2026-02-06 16:00", "2026-02-09 08:00"),
    ],
)
def test_the_next_opening_comes_after_the_instant(after, opens):
    assert next_opening(LUNCH, CALENDAR, local(after)) == local(opens)


@pytest.mark.parametrize(
    ("after", "opens"), [("2026-02-07 11:00", "2026-02-09 07:30"), ("2026-04-02 15:00", "2026-04-07 07:30")]
)
def test_the_opening_that_a_receipt_in_closed_hours_names(after, opens):
    assert next_opening(KC, CALENDAR, local(after)) == local(opens)


def test_hours_that_meet_do_not_close_between():
    unbroken = made(weekly(spans("08:00-12:00", "12:00-17:00")))

    assert is_open(unbroken, CALENDAR, local("2026-02-02 12:00"))
    assert next_opening(unbroken, CALENDAR, local("2026-02-02 09:00")) == local("2026-02-09 08:00")


def test_the_day_closes_at_the_end_of_its_last_span_and_not_at_all_when_closed():
    assert closing_at(LUNCH, CALENDAR, date(2026, 2, 2)) == local("2026-02-02 17:00")
    assert closing_at(LUNCH, CALENDAR, date(2026, 4, 3)) is None


@pytest.mark.parametrize(
    ("closes", "hours"),
    [
        ("13:00", [("08:00", "12:00")]),
        ("15:00", [("08:00", "12:00"), ("13:00", "15:00")]),
        ("11:00", [("08:00", "11:00")]),
        ("18:00", [("08:00", "12:00"), ("13:00", "17:00")]),
        ("08:00", []),
    ],
)
def test_a_half_day_cuts_the_hours_and_spans_that_start_after_it_vanish(closes, hours):
    cut = replace(LUNCH, half_day_closes=time.fromisoformat(closes))

    found = open_day(cut, CALENDAR, date(2026, 4, 2)).spans

    assert [(each.opens_at, each.closes_at) for each in found] == [
        (local(f"2026-04-02 {opens}"), local(f"2026-04-02 {shut}")) for opens, shut in hours
    ]


def test_hours_that_hold_from_a_date_on_may_close_a_half_day_at_another_time():
    later = replace(LUNCH.weekly[0], half_day_closes=time(11), valid_from=date(2026, 4, 30))
    changed = replace(LUNCH, weekly=(*LUNCH.weekly, later), half_day_closes=time(12))

    assert closing_at(changed, CALENDAR, date(2026, 4, 2)) == local("2026-04-02 12:00")
    assert closing_at(changed, CALENDAR, date(2026, 4, 30)) == local("2026-04-30 11:00")


def test_a_half_day_that_leaves_nothing_is_told_as_closed():
    cut = replace(LUNCH, half_day_closes=time(8))

    assert open_day(cut, CALENDAR, date(2026, 4, 2)).special == SpecialDay("half day")


def test_who_arrives_at_the_very_closing_uses_nothing_of_that_day():
    [stretch] = open_stretches(LUNCH, CALENDAR, local("2026-02-02 17:00"), HOUR)

    assert (stretch.opens_at, stretch.closes_at) == (local("2026-02-03 08:00"), local("2026-02-03 09:00"))


def test_a_schedule_without_a_half_day_closing_keeps_its_hours_before_a_red_day():
    assert closing_at(LUNCH, CALENDAR, date(2026, 4, 2)) == local("2026-04-02 17:00")


def test_an_exception_beats_the_week_the_half_day_and_the_red_day():
    first, last = date(2026, 4, 2), date(2026, 4, 4)
    staffed = replace(KC, exceptions=(HoursException(first=first, last=last, spans=spans("10:00-14:00"), why="jour"),))

    for day in ("2026-04-02", "2026-04-03", "2026-04-04"):
        assert closing_at(staffed, CALENDAR, date.fromisoformat(day)) == local(f"{day} 14:00")
    assert closing_at(staffed, CALENDAR, date(2026, 4, 5)) is None
    assert open_day(staffed, CALENDAR, first).special == SpecialDay("jour", spans("10:00-14:00"))


def test_an_exception_beats_a_day_that_is_declared_closed():
    day = date(2026, 5, 15)
    decided = CalendarSettings(closed_days=(day,))
    staffed = replace(KC, exceptions=(HoursException(first=day, last=day, spans=spans("09:00-10:00")),))

    assert closing_at(KC, decided, day) is None
    assert closing_at(staffed, decided, day) == local("2026-05-15 10:00")


def test_the_first_exception_whose_dates_hold_is_used():
    summer = HoursException(first=date(2026, 6, 29), last=date(2026, 8, 7), spans=spans("09:00-15:00"), why="sommartid")
    staff_day = HoursException(first=date(2026, 7, 1), last=date(2026, 7, 1))
    shortened = replace(KC, exceptions=(staff_day, summer))

    due_at = add_open_time(shortened, CALENDAR, local("2026-06-30 14:30"), HOUR)

    assert due_at == local("2026-07-02 09:30")
    assert open_day(shortened, CALENDAR, date(2026, 7, 1)).special == SpecialDay("exception")


def test_of_hours_with_validity_dates_the_last_that_holds_is_used_and_both_dates_are_included():
    changed = made(
        weekly(*[spans("08:00-16:00")] * 5),
        weekly(*[spans("09:00-18:00")] * 5, valid_from=date(2026, 9, 1), valid_to=date(2026, 9, 3)),
    )

    closings = [closing_at(changed, CALENDAR, date(2026, 8, 31) + timedelta(days=count)) for count in range(5)]

    assert closings == [
        local("2026-08-31 16:00"),
        local("2026-09-01 18:00"),
        local("2026-09-02 18:00"),
        local("2026-09-03 18:00"),
        local("2026-09-04 16:00"),
    ]


def test_saturday_and_sunday_hours_hold_but_not_on_a_red_day():
    library = made(weekly((), (), (), (), (), spans("10:00-14:00"), spans("12:00-16:00")))

    assert closing_at(library, CALENDAR, date(2026, 2, 7)) == local("2026-02-07 14:00")
    assert closing_at(library, CALENDAR, date(2026, 2, 8)) == local("2026-02-08 16:00")
    assert closing_at(library, CALENDAR, date(2026, 4, 5)) is None


def test_a_schedule_that_never_opens_is_refused_with_its_name():
    with pytest.raises(BadInput, match="Schedule made does not open within 400 days after 2026-02-02"):
        add_open_time(made(weekly()), CALENDAR, local("2026-02-02 08:00"), HOUR)


def test_a_schedule_that_has_stopped_to_hold_is_refused():
    ended = made(weekly(spans("08:00-09:00"), valid_to=date(2026, 2, 9)))

    assert add_open_time(ended, CALENDAR, local("2026-02-02 08:00"), 2 * HOUR) == local("2026-02-09 09:00")
    with pytest.raises(BadInput, match="after 2026-02-09"):
        add_open_time(ended, CALENDAR, local("2026-02-02 08:00"), 3 * HOUR)


@pytest.mark.parametrize("duration", [timedelta(0), timedelta(minutes=-1)])
def test_no_open_time_at_all_is_refused(duration):
    with pytest.raises(BadInput, match="above zero"):
        add_open_time(KC, CALENDAR, local("2026-02-02 08:00"), duration)


def test_an_instant_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="no offset"):
        is_open(KC, CALENDAR, datetime(2026, 2, 2, 8))  # noqa: DTZ001


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-03-30", 24)])
def test_a_night_of_changing_clocks_is_an_hour_shorter_or_longer(day, hours):
    always = made(weekly(*[spans("00:00-23:59")] * 7))

    [found] = open_day(always, CALENDAR, date.fromisoformat(day)).spans

    assert found.length == timedelta(hours=hours, minutes=-1)


def test_hours_that_lie_in_the_hour_that_summer_time_takes_away_vanish():
    night = made(weekly((), (), (), (), (), (), spans("02:30-03:00", "05:00-06:00")))

    opens = [each.opens_at for each in open_day(night, CALENDAR, date(2026, 3, 29)).spans]

    assert opens == [local("2026-03-29 05:00")]


def test_a_closing_time_that_occurs_twice_means_the_first():
    night = made(weekly((), (), (), (), (), (), spans("00:00-02:30")))

    assert closing_at(night, CALENDAR, date(2026, 10, 25)) == local("2026-10-25 02:30", fold=0)
