from datetime import date
from typing import Any

import pytest

from domain.account import Tier
from domain.ids import PersonId
from domain.person import Absence, Person
from tests.builders import account, site

MONDAY = date(2027, 1, 11)


def person(**changes: Any) -> Person:
    return Person(**{"id": PersonId("maj"), "name": "Maj", "email": "maj@exempelby.example", **changes})


@pytest.mark.parametrize(("last_day", "left"), [(date(2027, 1, 10), True), (MONDAY, False), (None, False)])
def test_somebody_has_left_the_day_after_the_last(last_day: date | None, left: bool) -> None:
    assert person(employed_until=last_day).has_left(MONDAY) is left


@pytest.mark.parametrize(
    ("first", "last", "away"),
    [
        (MONDAY, MONDAY, True),
        (date(2027, 1, 1), None, True),
        (date(2027, 1, 12), None, False),
        (date(2027, 1, 1), date(2027, 1, 10), False),
    ],
)
def test_an_absence_holds_from_its_first_day_to_its_last(first: date, last: date | None, away: bool) -> None:
    absent = person(absences=(Absence(first=first, last=last),))

    assert (absent.absence_on(MONDAY) is not None) is away
    assert absent.is_there(MONDAY) is not away


def test_whom_the_absence_names_stands_in_before_the_deputy() -> None:
    named = Absence(first=MONDAY, covered_by=PersonId("olle"))

    assert person(absences=(named,), deputy=PersonId("kim")).cover_on(MONDAY) == "olle"
    assert person(absences=(Absence(first=MONDAY),), deputy=PersonId("kim")).cover_on(MONDAY) == "kim"
    assert person(deputy=PersonId("kim")).cover_on(MONDAY) is None


def test_who_has_left_is_not_there() -> None:
    assert not person(employed_until=date(2027, 1, 10)).is_there(MONDAY)


def test_an_employee_s_mailbox_is_read_by_who_has_its_address() -> None:
    own = account(tier=Tier.employee, address="maj@exempelby.example")
    town = site(people=(person(), person(id=PersonId("kim"), email="kim@exempelby.example")))

    assert [each.id for each in town.readers_of(own)] == ["maj"]
    assert [each.id for each in town.readers_of(account(readers=(PersonId("kim"),)))] == ["kim"]
    assert town.readers_of(account()) == ()


@pytest.mark.parametrize(
    ("tier", "published", "expected"),
    [(Tier.unit, None, True), (Tier.employee, None, False), (Tier.employee, True, True), (Tier.unit, False, False)],
)
def test_what_is_published_is_what_is_no_employee_s_unless_said(
    tier: Tier, published: bool | None, expected: bool
) -> None:
    assert account(tier=tier, published=published).is_to_be_published is expected
