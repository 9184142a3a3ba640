"""The calendar of domain.md 5.3, and what the municipality decides about it."""

from datetime import date, timedelta

import pytest

from domain.errors import BadInput
from domain.hours import CalendarSettings, HalfDay
from domain.swedish_calendar import (
    is_half_day,
    is_red_day,
    is_working_day,
    next_working_day,
    why_closed,
)

DEFAULT = CalendarSettings()


def days_of(year):
    first = date(year, 1, 1)
    return [first + timedelta(days=count) for count in range((date(year + 1, 1, 1) - first).days)]


def dates(year, *month_days):
    return [date(year, *(int(part) for part in each.split("-"))) for each in month_days]


RED = {
    2026: dates(
        2026, "1-1", "1-6", "4-3", "4-5", "4-6", "5-1", "5-14", "5-24", "6-6", "6-20", "10-31", "12-25", "12-26"
    ),
    2027: dates(
        2027, "1-1", "1-6", "3-26", "3-28", "3-29", "5-1", "5-6", "5-16", "6-6", "6-26", "11-6", "12-25", "12-26"
    ),
}
EVES = {2026: dates(2026, "6-19", "12-24", "12-31"), 2027: dates(2027, "6-25", "12-24", "12-31")}
HALF = {
    2026: dates(2026, "1-5", "4-2", "4-30", "5-13", "6-5", "10-30"),
    2027: dates(2027, "1-5", "3-25", "4-30", "5-5", "11-5"),
}
BRIDGES = {2026: dates(2026, "1-2", "1-5", "5-15"), 2027: dates(2027, "5-7")}
WORKING = {
    2026: [20, 20, 22, 20, 19, 21, 23, 21, 22, 22, 21, 20],
    2027: [19, 20, 21, 22, 20, 21, 22, 22, 22, 21, 22, 21],
}


@pytest.mark.parametrize("year", [2026, 2027])
def test_red_days_are_the_named_ones_and_every_sunday(year):
    red = {day for day in days_of(year) if is_red_day(day)}

    assert red == set(RED[year]) | {day for day in days_of(year) if day.weekday() == 6}


@pytest.mark.parametrize("year", [2026, 2027])
def test_three_eves_are_closed(year):
    closed = [day for day in days_of(year) if why_closed(DEFAULT, day)]

    assert [day for day in closed if not is_red_day(day)] == EVES[year]


@pytest.mark.parametrize("year", [2026, 2027])
def test_half_days_are_working_days_before_a_chosen_red_day(year):
    assert [day for day in days_of(year) if is_half_day(DEFAULT, day)] == HALF[year]


@pytest.mark.parametrize("year", [2026, 2027])
def test_each_month_has_its_number_of_working_days(year):
    working = [day for day in days_of(year) if is_working_day(DEFAULT, day)]

    assert [sum(day.month == month for day in working) for month in range(1, 13)] == WORKING[year]


@pytest.mark.parametrize("year", [2026, 2027])
def test_a_klamdag_is_a_working_day_until_it_is_declared_closed(year):
    one = timedelta(days=1)
    single = [
        day
        for day in days_of(year)
        if is_working_day(DEFAULT, day)
        and not is_working_day(DEFAULT, day - one)
        and not is_working_day(DEFAULT, day + one)
    ]
    decided = CalendarSettings(closed_days=tuple(single))

    assert single == BRIDGES[year]
    assert not any(is_working_day(decided, day) for day in single)
    assert why_closed(decided, single[-1]) == "declared closed"


@pytest.mark.parametrize(
    ("half", "day"),
    [
        (HalfDay.trettondagsafton, date(2026, 1, 5)),
        (HalfDay.skartorsdag, date(2026, 4, 2)),
        (HalfDay.valborgsmassoafton, date(2026, 4, 30)),
        (HalfDay.before_ascension_day, date(2026, 5, 13)),
        (HalfDay.before_national_day, date(2026, 6, 5)),
        (HalfDay.before_all_saints_day, date(2026, 10, 30)),
    ],
)
def test_a_half_day_that_is_not_chosen_is_an_ordinary_day(half, day):
    without = CalendarSettings(half_days=tuple(each for each in HalfDay if each is not half))

    assert is_half_day(CalendarSettings(half_days=(half,)), day)
    assert not is_half_day(without, day)


def test_a_half_day_that_is_declared_closed_is_not_half_but_closed():
    closed = CalendarSettings(closed_days=(date(2026, 1, 5),))

    assert not is_half_day(closed, date(2026, 1, 5))


def test_two_red_days_on_one_date_still_make_the_day_before_a_half_day():
    only_ascension = CalendarSettings(half_days=(HalfDay.before_ascension_day,))
    only_may_day = CalendarSettings(half_days=(HalfDay.valborgsmassoafton,))

    assert why_closed(DEFAULT, date(2008, 5, 1)) == "Första maj; Kristi himmelsfärdsdag"
    assert is_half_day(only_ascension, date(2008, 4, 30))
    assert is_half_day(only_may_day, date(2008, 4, 30))


@pytest.mark.parametrize("year", range(2005, 2100))
def test_the_names_that_half_days_hang_on_exist_every_year(year):
    names = {name for day in days_of(year) for name in (why_closed(DEFAULT, day) or "").split("; ") if name}

    assert len(names) == 16
    for half, name in [("trettondagsafton", "Trettondedag jul"), ("before_national_day", "Nationaldagen")]:
        assert name in names, half
    assert {"Långfredagen", "Första maj", "Kristi himmelsfärdsdag", "Alla helgons dag"} <= names


def test_the_next_working_day_passes_over_christmas():
    assert next_working_day(DEFAULT, date(2026, 12, 23)) == date(2026, 12, 28)


@pytest.mark.parametrize("year", [1900, 2500])
def test_a_year_without_known_holidays_is_refused_instead_of_taken_for_a_year_without_holidays(year):
    with pytest.raises(BadInput, match=str(year)):
        is_working_day(DEFAULT, date(year, 6, 1))
