"""The calendar's version: it changes with everything that may move a due time, and with nothing else."""

from dataclasses import replace
from datetime import date, time

import pytest

from domain.calendar_version import calendar_version
from domain.hours import CalendarSettings, DayConvention, HalfDay, HoursException, Span, WeeklyHours
from domain.ids import OrganisationId
from tests.builders import schedule, site

DEFAULT = CalendarSettings()
KC = schedule("kc", "07:30", "17:00")
EXEMPELBY = OrganisationId("exempelby")


def test_the_same_decisions_in_another_order_are_the_same_version():
    one = CalendarSettings(closed_days=(date(2026, 1, 2), date(2026, 5, 15)))
    other = CalendarSettings(
        closed_days=(date(2026, 5, 15), date(2026, 1, 2)), half_days=tuple(reversed(tuple(HalfDay)))
    )

    assert calendar_version(one) == calendar_version(other)


@pytest.mark.parametrize(
    "changed",
    [
        CalendarSettings(closed_days=(date(2026, 5, 15),)),
        CalendarSettings(half_days=()),
        CalendarSettings(convention=DayConvention.next_working_day),
    ],
)
def test_every_decision_about_the_year_changes_it(changed):
    assert calendar_version(changed) != calendar_version(DEFAULT)


SUMMER = HoursException(first=date(2026, 6, 29), last=date(2026, 8, 7), spans=(Span(time(9), time(12)),))


@pytest.mark.parametrize(
    "changed",
    [
        schedule("kc", "07:30", "16:30"),
        schedule("kc", "07:30", "17:00", "12:00"),
        replace(KC, half_day_closes=None),
        replace(KC, exceptions=(SUMMER,)),
        replace(KC, weekly=(*KC.weekly, replace(KC.weekly[0], valid_from=date(2027, 1, 1)))),
        replace(KC, weekly=(replace(KC.weekly[0], valid_to=date(2027, 1, 1)),)),
        replace(KC, weekly=(replace(KC.weekly[0], half_day_closes=time(12)),)),
        replace(KC, weekly=(WeeklyHours(week=(*KC.weekly[0].week[:6], (Span(time(10), time(14)),))),)),
    ],
)
def test_every_change_of_the_opening_hours_changes_it(changed):
    assert calendar_version(DEFAULT, [changed]) != calendar_version(DEFAULT, [KC])


def test_what_is_only_told_and_the_order_of_schedules_do_not_change_it():
    office = schedule("kontor", "08:00", "16:30")
    told = replace(KC, name="Kontaktcenter")

    assert calendar_version(DEFAULT, [told, office]) == calendar_version(DEFAULT, [office, KC])


def test_it_changes_with_the_package_of_holidays(monkeypatch):
    before = calendar_version(DEFAULT)

    monkeypatch.setattr("domain.calendar_version.holidays_version.__version__", "9.99")
    after = calendar_version(DEFAULT)

    assert after.startswith("holidays-9.99-")
    assert after.rsplit("-", 1)[1] != before.rsplit("-", 1)[1]


def test_an_organisation_that_closes_for_itself_has_a_calendar_and_a_version_of_its_own():
    bridge = date(2026, 5, 15)
    one = site()
    company = replace(one.organisations[0], id=OrganisationId("vatten"), closed_days=(bridge,))
    both = replace(one, organisations=(*one.organisations, company))

    assert both.calendar_of(OrganisationId("vatten")).closed_days == (bridge,)
    assert both.calendar_of(EXEMPELBY) == one.calendar
    assert both.calendar_versions[EXEMPELBY] == one.calendar_versions[EXEMPELBY]
    assert both.calendar_versions[OrganisationId("vatten")] != both.calendar_versions[EXEMPELBY]
