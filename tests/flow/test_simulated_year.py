"""A year of sixty accounts: every planted fault gets exactly one finding in time, and nothing else is found."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.account import AccountStatus
from domain.errors import Unreachable
from domain.finding import Finding, FindingKind
from domain.ids import AccountId, PersonId
from domain.person import Absence
from store.database import Database
from store.ends import note_ends
from store.handlings import note_auto_reply
from store.schema import outgoing
from tests.flow.installation import Installation
from tests.flow.year import FIRST, LAST, Year, at, days, town_of_sixty


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A fault: when it begins and ends, what is to be found of it, and by when."""

    kind: FindingKind
    accounts: tuple[str, ...]
    #: The day in whose morning it begins, or is mended.
    on: date
    mended: date | None
    #: The latest that it may be found.
    by: datetime
    begin: Callable[[Year], None]
    mend: Callable[[Year], None] | None = None


LEAVER, PARENT, DEAD_TOKEN, UNREAD, SILENT = "konto-05", "konto-07", "konto-22", "konto-38", "konto-29"
#: Who is told when nobody nearer acts.
LAST_RESORT = "kim.chef@exempelby.example"

PAGE, TWICE, EXPIRES, UNMANAGED, UNUSED = "konto-03", "konto-44", "konto-31", "konto-50", "konto-58"
OLD_HOST = tuple(f"konto-{number:02d}" for number in range(12, 60, 3))


def _person(year: Year, id: str, **changes: object) -> None:
    year.people(replace(year.site.person(PersonId(id)), **changes))  # type: ignore[arg-type]


def _fail(step: str, *ids: str) -> Callable[[Year], None]:
    def begin(year: Year) -> None:
        year.failing |= {AccountId(id): Unreachable(step, "what the connector says") for id in ids}

    return begin


def _recover(*ids: str) -> Callable[[Year], None]:
    def mend(year: Year) -> None:
        for id in ids:
            del year.failing[AccountId(id)]

    return mend


def _see_another_machine(year: Year) -> None:
    with year.town.database.write() as connection:
        note_auto_reply(connection, AccountId(TWICE), at(date(2026, 6, 1), 8))


def _see_ends(ends_on: date) -> Callable[[Year], None]:
    def see(year: Year) -> None:
        with year.town.database.write() as connection:
            account = year.site.account(AccountId(EXPIRES))
            note_ends(connection, account, [("The certificate of mail.example", at(ends_on, 12))], at(FIRST, 8))

    return see


def _absent(year: Year) -> None:
    _person(year, "reader-7", absences=(Absence(first=date(2026, 9, 1)),))


def _cover(year: Year) -> None:
    _person(year, "reader-7", absences=(Absence(first=date(2026, 9, 1), covered_by=PersonId("reader-8")),))


PLANTED = (
    Planted(
        kind=FindingKind.no_manager, accounts=(UNMANAGED,), on=date(2026, 2, 2), mended=date(2026, 2, 4),
        by=at(date(2026, 2, 2), 16),
        begin=lambda year: _person(year, "own-chef", employed_until=date(2026, 1, 31)),
        mend=lambda year: year.account(AccountId(UNMANAGED), manager=PersonId("chef-1")),
    ),
    Planted(
        kind=FindingKind.inactive, accounts=(PAGE,), on=date(2026, 2, 9), mended=None, by=at(date(2026, 3, 9), 16),
        begin=lambda year: year.mute.add(AccountId(PAGE)),
    ),
    Planted(
        kind=FindingKind.inactive, accounts=(UNUSED,), on=FIRST, mended=None, by=at(FIRST + timedelta(days=61), 19),
        begin=lambda year: None,
    ),
    Planted(
        kind=FindingKind.left, accounts=(LEAVER,), on=date(2026, 3, 16), mended=date(2026, 3, 18),
        by=at(date(2026, 3, 16), 16),
        begin=lambda year: _person(year, "reader-5", employed_until=date(2026, 3, 13)),
        mend=lambda year: year.account(AccountId(LEAVER), status=AccountStatus.closed),
    ),
    Planted(
        kind=FindingKind.unreachable, accounts=(DEAD_TOKEN,), on=date(2026, 4, 14), mended=date(2026, 4, 16),
        by=at(date(2026, 4, 14), 16), begin=_fail("token", DEAD_TOKEN), mend=_recover(DEAD_TOKEN),
    ),
    Planted(
        kind=FindingKind.unreachable, accounts=OLD_HOST, on=date(2026, 5, 5), mended=date(2026, 5, 6),
        by=at(date(2026, 5, 5), 16), begin=_fail("tcp", *OLD_HOST), mend=_recover(*OLD_HOST),
    ),
    Planted(
        kind=FindingKind.duplicate_auto_reply, accounts=(TWICE,), on=date(2026, 6, 1), mended=None,
        by=at(date(2026, 6, 1), 16), begin=_see_another_machine,
    ),
    Planted(
        kind=FindingKind.absent, accounts=(PARENT,), on=date(2026, 9, 1), mended=date(2026, 9, 2),
        by=at(date(2026, 9, 1), 16), begin=_absent, mend=_cover,
    ),
    Planted(
        kind=FindingKind.unwatched, accounts=(UNREAD,), on=date(2026, 9, 14), mended=date(2026, 9, 24),
        by=at(date(2026, 9, 18), 16),
        begin=lambda year: year.unread.add(AccountId(UNREAD)), mend=lambda year: year.unread.clear(),
    ),
    Planted(
        kind=FindingKind.silent, accounts=(SILENT,), on=date(2026, 10, 12), mended=date(2026, 10, 26),
        by=at(date(2026, 10, 20), 16),
        begin=lambda year: year.quiet.add(AccountId(SILENT)), mend=lambda year: year.quiet.clear(),
    ),
    Planted(
        kind=FindingKind.expiring, accounts=(EXPIRES,), on=date(2026, 11, 2), mended=date(2026, 11, 10),
        by=at(date(2026, 11, 2), 16), begin=_see_ends(date(2026, 11, 30)), mend=_see_ends(date(2027, 11, 30)),
    ),
)  # fmt: skip


#: A year takes half a minute, and longer where others work beside it.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Year]:
    """Give the town when the year has passed."""
    path = shutil.copy(migrated, tmp_path_factory.mktemp("year") / "year.sqlite3")
    database = Database(f"sqlite:///{path}")
    town, amounts = town_of_sixty()
    own = replace(town.people[-1], id=PersonId("own-chef"), email="own-chef@exempelby.example")
    accounts = tuple(replace(each, manager=own.id) if each.id == UNMANAGED else each for each in town.accounts)
    installation = Installation(database, site=replace(town, accounts=accounts, people=(*town.people, own)))
    passing = Year(installation, {**amounts, AccountId(UNUSED): 0.0})
    passing.connect()
    for day in days(FIRST, LAST):
        for fault in PLANTED:
            if fault.on == day:
                fault.begin(passing)
            if fault.mended == day and fault.mend is not None:
                fault.mend(passing)
        passing.day(day)
    yield passing
    database.close()


def test_every_planted_fault_gets_exactly_one_finding_and_nothing_else_is_found(year: Year) -> None:
    planted = Counter((account, fault.kind) for fault in PLANTED for account in fault.accounts)

    assert Counter((each.account, each.kind) for each in year.findings()) == planted


def test_each_is_found_within_its_limit(year: Year) -> None:
    late = [
        (finding.account, finding.kind, finding.opened_at)
        for fault in PLANTED
        for finding in _of(fault, year)
        if not at(fault.on, 0) <= finding.opened_at <= fault.by
    ]

    assert late == []


def test_what_was_mended_is_closed_by_the_next_morning(year: Year) -> None:
    slow = [
        (finding.account, finding.kind, finding.closed_at)
        for fault in PLANTED
        if fault.mended is not None
        for finding in _of(fault, year)
        if finding.closed_at is None
        or not at(fault.mended, 0) <= finding.closed_at <= at(fault.mended + timedelta(days=1), 11)
    ]

    assert slow == []


def test_every_alert_reaches_whoever_answers_for_the_account_and_nobody_else(year: Year) -> None:
    told = year.told()

    wrong = [
        (finding.account, finding.kind, told.get(finding.id))
        for finding in year.findings()
        if _responsible(year, finding) not in told.get(finding.id, ())
        or not set(told[finding.id]) <= _may_hear_of_it(year, finding)
    ]

    assert wrong == []


def test_a_mail_server_that_is_down_is_no_storm(year: Year) -> None:
    afternoon = (outgoing.c.created_at >= at(date(2026, 5, 5), 15), outgoing.c.created_at < at(date(2026, 5, 6), 0))
    with year.town.database.read() as connection:
        queued = connection.scalars(sa.select(outgoing.c.recipient).where(*afternoon)).all()

    # Sixteen accounts of one server: one alert at once; their managers read of it in the digest of the next day.
    assert len(OLD_HOST) == 16
    assert queued == [LAST_RESORT]


def _may_hear_of_it(year: Year, finding: Finding) -> set[str]:
    """Return who may be told: who answers for the account, the next level when nobody acts, and who took it over."""
    took_over = {"chef-1@exempelby.example"} if finding.account == UNMANAGED else set()
    return {_responsible(year, finding), LAST_RESORT} | took_over


def _responsible(year: Year, finding: Finding) -> str:
    """Return who answers for the account of a finding: its own manager, its unit's, else the next level."""
    account = year.site.account(finding.account)
    manager = PersonId("kim") if finding.account == UNMANAGED else year.site.unit(account.unit).manager
    return year.site.person(manager or PersonId("kim")).email


def _of(fault: Planted, year: Year) -> list[Finding]:
    return [each for each in year.findings() if each.kind is fault.kind and each.account in fault.accounts]
