"""What should be ready before the summer is looked for once a year, in time to mend it."""

from dataclasses import replace
from datetime import date

import pytest

from domain.hours import HoursException
from domain.ids import OrganisationId, PersonId
from domain.site import Site
from tests.builders import site
from watch.summer import Unready, unready_units

IN_MAY = date(2027, 5, 18)


def town(*, deputy: str | None, exceptions: tuple[HoursException, ...] = ()) -> Site:
    """Return a town of one unit."""
    base = site()
    unit = replace(base.units[0], deputy=PersonId(deputy) if deputy else None, channel_schedules=())
    schedules = tuple(replace(each, exceptions=exceptions) for each in base.schedules)
    return replace(base, units=(unit,), schedules=schedules)


def found(site: Site, day: date = IN_MAY) -> tuple[Unready, ...]:
    return unready_units(site, site.units[0].organisation, day)


def test_a_unit_without_deputy_and_other_hours_is_not_ready() -> None:
    (only,) = found(town(deputy=None))

    assert (only.no_deputy, only.same_hours) == (True, True)


def test_a_unit_with_both_is_ready() -> None:
    summer = HoursException(first=date(2027, 7, 1), last=date(2027, 7, 31))

    assert found(town(deputy="kim", exceptions=(summer,))) == ()


def test_hours_of_last_summer_are_none_of_this() -> None:
    last = HoursException(first=date(2026, 7, 1), last=date(2026, 7, 31))

    (only,) = found(town(deputy="kim", exceptions=(last,)))

    assert (only.no_deputy, only.same_hours) == (False, True)


@pytest.mark.parametrize(
    ("day", "is_told"),
    [(date(2027, 5, 14), False), (date(2027, 5, 15), True), (date(2027, 6, 15), True), (date(2027, 6, 16), False)],
)
def test_it_is_told_between_the_middle_of_may_and_of_june(day: date, is_told: bool) -> None:
    assert bool(found(town(deputy=None), day)) is is_told


def test_units_of_another_organisation_are_not_told_of() -> None:
    assert unready_units(town(deputy=None), OrganisationId("another"), IN_MAY) == ()
