"""People: no manager, left, absent; on either side of each day."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from domain.facts import Facts
from domain.ids import PersonId
from domain.person import Absence, Person
from domain.watching import WatchSettings
from tests.builders import account
from tests.unit.watch.facts import facts, person
from watch.people import absent, left, no_manager

SETTINGS = WatchSettings()
DAY = date(2026, 9, 1)


def noon(day: date) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00+02:00")


def away(id: str, last: date | None = None, **how: object) -> Person:
    return person(id, absences=(Absence(first=DAY, last=last, **how),))  # type: ignore[arg-type]


def read_by(*readers: Person, others: tuple[Person, ...] = ()) -> Facts:
    return facts(readers=readers, people={each.id: each for each in (*readers, *others)})


def test_without_a_manager_somebody_is_told() -> None:
    assert no_manager(facts(manager=None), SETTINGS, noon(DAY)) is not None
    assert no_manager(facts(), SETTINGS, noon(DAY)) is None


@pytest.mark.parametrize(("today", "found"), [(DAY, False), (DAY + timedelta(days=1), True)])
def test_a_manager_who_has_left_is_none(today: date, found: bool) -> None:
    gone = facts(manager=person("bo", employed_until=DAY))

    assert bool(no_manager(gone, SETTINGS, noon(today))) is found


@pytest.mark.parametrize(("today", "found"), [(DAY, False), (DAY + timedelta(days=1), True)])
def test_an_account_is_left_the_day_after_its_reader_s_last(today: date, found: bool) -> None:
    assert bool(left(read_by(person("bo", employed_until=DAY)), SETTINGS, noon(today))) is found


def test_an_account_of_several_is_left_when_the_last_of_them_is_gone() -> None:
    gone, staying = person("bo", employed_until=DAY), person("ann")

    assert left(read_by(gone, staying), SETTINGS, noon(DAY + timedelta(days=9))) is None
    assert left(read_by(), SETTINGS, noon(DAY)) is None


@pytest.mark.parametrize(("last", "found"), [(date(2026, 9, 14), False), (date(2026, 9, 15), True), (None, True)])
def test_an_absence_is_long_from_fourteen_days_on(last: date | None, found: bool) -> None:
    assert bool(absent(read_by(away("bo", last)), SETTINGS, noon(DAY))) is found


def test_the_sentence_says_from_when_until_when() -> None:
    said = absent(read_by(away("bo", date(2027, 1, 31))), SETTINGS, noon(DAY))

    assert said == (
        "Den som läser kontot är borta från tisdag 1 september till och med söndag 31 januari, och ingen ersätter."
    )


def test_an_absence_begins_and_ends_on_its_days() -> None:
    gone = read_by(away("bo", date(2026, 10, 1)))

    assert absent(gone, SETTINGS, noon(DAY - timedelta(days=1))) is None
    assert absent(gone, SETTINGS, noon(date(2026, 10, 1))) is not None
    assert absent(gone, SETTINGS, noon(date(2026, 10, 2))) is None


def test_who_covers_must_be_there() -> None:
    covered = away("bo", covered_by=PersonId("ann"))

    assert absent(read_by(covered, others=(person("ann"),)), SETTINGS, noon(DAY)) is None
    assert absent(read_by(covered, others=(away("ann"),)), SETTINGS, noon(DAY)) is not None
    assert absent(read_by(covered), SETTINGS, noon(DAY)) is not None


def test_mail_that_is_sent_on_counts_as_watched_only_where_somebody_watches() -> None:
    sent_on = read_by(away("bo", forwarded_to="Gata@exempelby.example"))
    watched = replace(sent_on, watched=frozenset({"gata@exempelby.example"}))
    to_itself = replace(watched, account=account(address="gata@exempelby.example"))

    assert absent(watched, SETTINGS, noon(DAY)) is None
    assert absent(sent_on, SETTINGS, noon(DAY)) is not None
    assert absent(to_itself, SETTINGS, noon(DAY)) is not None


def test_one_reader_who_is_there_is_enough() -> None:
    assert absent(read_by(away("bo"), person("ann")), SETTINGS, noon(DAY)) is None


def test_whoever_has_left_does_not_count_as_there() -> None:
    gone = person("ann", employed_until=DAY - timedelta(days=1))

    assert absent(read_by(away("bo"), gone), SETTINGS, noon(DAY)) is not None


@pytest.mark.parametrize(
    ("begins_again", "found"),
    [(date(2026, 9, 8), True), (date(2026, 9, 9), False), (date(2026, 9, 5), True)],
    ids=["the next day", "a working day between", "overlapping"],
)
def test_two_short_absences_back_to_back_are_one_long_one(begins_again: date, found: bool) -> None:
    """The first ends on a Monday."""
    absences = (Absence(first=DAY, last=date(2026, 9, 7)), Absence(first=begins_again, last=date(2026, 9, 18)))
    reader = person("bo", absences=absences)

    assert (absent(read_by(reader), SETTINGS, noon(DAY)) is not None) is found


def test_over_a_weekend_two_absences_are_one_on_every_day_of_it() -> None:
    absences = (Absence(first=DAY, last=date(2026, 9, 4)), Absence(first=date(2026, 9, 7), last=date(2026, 9, 18)))
    reader = person("bo", absences=absences)

    for day in (DAY, date(2026, 9, 18)):
        assert "från tisdag 1 september" in (absent(read_by(reader), SETTINGS, noon(day)) or "")


def test_an_absence_that_somebody_covers_makes_no_other_longer() -> None:
    absences = (
        Absence(first=DAY, last=date(2026, 9, 7)),
        Absence(first=date(2026, 9, 8), last=date(2026, 9, 18), covered_by=PersonId("eva")),
    )
    reader = person("bo", absences=absences)

    assert absent(read_by(reader, others=(person("eva"),)), SETTINGS, noon(DAY)) is None
