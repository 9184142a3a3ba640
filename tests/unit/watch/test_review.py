"""Who answers for an account is asked once a year whether its entries are right (R64)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.account import AccountStatus
from domain.alerting import Told
from domain.ids import AccountId, OrganisationId
from domain.site import Site
from tests.builders import account, site
from watch.digest import digests
from watch.digest_page import Digest
from watch.known import Known
from watch.review import unreviewed

TOWN = OrganisationId("exempelby")
REVIEWED = date(2026, 3, 2)
DUE = REVIEWED + timedelta(days=365)


def town(count: int = 1, **changes: object) -> Site:
    one = replace(account(), **{"reviewed_on": REVIEWED, **changes})  # type: ignore[arg-type]
    return site(accounts=tuple(replace(one, id=AccountId(f"k{each}"), name=f"Konto {each}") for each in range(count)))


def asked(site: Site, day: date, *told: Told) -> tuple[Digest, ...]:
    return digests(site, TOWN, Known(told=told), day)


def as_told(digest: Digest) -> tuple[Told, ...]:
    at = datetime(2027, 3, 2, 8, tzinfo=UTC)
    return tuple(Told(subject=subject, to=digest.person.email, step=step, at=at) for subject, step, _ in digest.tells)


@pytest.mark.parametrize(("day", "is_due"), [(DUE - timedelta(days=1), False), (DUE, True)])
def test_an_entry_is_due_a_year_after_it_was_confirmed(day: date, is_due: bool) -> None:
    assert bool(list(unreviewed(town(), TOWN, {}, day))) is is_due


def test_what_nobody_ever_confirmed_counts_from_the_first_reading() -> None:
    new = town(reviewed_on=None)
    read = {AccountId("k0"): datetime(2026, 3, 2, 8, tzinfo=UTC)}

    assert not list(unreviewed(new, TOWN, read, DUE - timedelta(days=1)))
    assert [each.due_on for each in unreviewed(new, TOWN, read, DUE)] == [DUE]
    assert not list(unreviewed(new, TOWN, {}, DUE))


def test_closed_accounts_and_those_of_others_are_not_asked_about() -> None:
    assert not list(unreviewed(town(status=AccountStatus.closed), TOWN, {}, DUE))
    assert not list(unreviewed(town(), OrganisationId("another"), {}, DUE))


def test_the_setting_says_how_often() -> None:
    often = replace(town(), watch=replace(town().watch, reviewed_every=timedelta(days=30)))

    assert [each.due_on for each in unreviewed(often, TOWN, {}, DUE)] == [REVIEWED + timedelta(days=30)]


def test_all_accounts_of_a_manager_are_one_line_of_one_digest() -> None:
    [digest] = asked(town(40), DUE)

    assert len(digest.reviews) == 40
    assert digest.items == ()


def test_it_is_told_once_and_again_a_month_later() -> None:
    [first] = asked(town(3), DUE)

    assert asked(town(3), DUE + timedelta(days=29), *as_told(first)) == ()
    [again] = asked(town(3), DUE + timedelta(days=30), *as_told(first))
    assert len(again.reviews) == 3
