"""A year in a municipality of sixty accounts, told to the store as connectors would tell it; time is an argument."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from domain.account import Account, AutoReply, Channel, FacebookConnection, ImapConnection, Mode, SmtpConnection, Tier
from domain.errors import Unreachable
from domain.finding import Finding, FindingKind
from domain.hours import HoursException
from domain.ids import AccountId, FindingId, PersonId, UnitId
from domain.instant import STOCKHOLM
from domain.open_time import local_date, open_day
from domain.person import Person
from domain.site import Site
from domain.swedish_calendar import is_working_day
from pipeline.facts import learn_rhythms
from pipeline.tell import tell
from pipeline.watch import look
from store.accounts import mark_failed, mark_read
from store.database import Connection
from store.handlings import Owed, add_owed, note_person, note_post
from store.schema import accounts as account_table
from store.schema import findings as finding_table
from store.schema import handlings as handling_table
from store.schema import tellings as telling_table
from store.traffic import add_arrived
from tests.builders import schedule, site
from tests.flow.installation import Installation

FIRST, LAST = date(2026, 1, 5), date(2027, 1, 8)

#: The weeks before, from which rhythms are learned at first connection.
BEFORE = timedelta(days=70)

UNITS = 10


@dataclass(slots=True)
class Year:
    """The town as the year goes."""

    town: Installation
    #: Messages on an ordinary working day, by account.
    a_day: dict[AccountId, float]
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    #: Accounts to which nothing comes, that nobody reads, that cannot be read, and pages that say nothing.
    quiet: set[AccountId] = field(default_factory=set)
    unread: set[AccountId] = field(default_factory=set)
    failing: dict[AccountId, Unreachable] = field(default_factory=dict)
    mute: set[AccountId] = field(default_factory=set)

    @property
    def site(self) -> Site:
        """The configuration as it is now."""
        return self.town.site

    def connect(self) -> None:
        """Read every account for the first time: what lies there teaches its rhythm, and is nobody's work."""
        self.town.clock.at = at(FIRST, 7)
        with self.town.database.write() as connection:
            for account in self.site.accounts:
                mark_read(connection, account.id, account.organisation, self.town.clock.at)
                before = days(FIRST - BEFORE, FIRST - timedelta(days=1))
                times = [each for day in before for each in self._times(account, day)]
                add_arrived(connection, account, times, self.town.clock.at)

    def day(self, day: date) -> None:
        """Let a day pass: two looks on working days, one on others but Saturdays."""
        if not is_working_day(self.site.calendar, day):
            self._come(day)
            if day.weekday() != 5:
                self.look(at(day, 18))
            return
        self._read(at(day, 8, 15))
        self.look(at(day, 10))
        self._come(day)
        self._read(at(day, 15))
        self.look(at(day, 15, 30))

    def look(self, now: datetime) -> None:
        """Visit every account, and look at all: what is found in the morning has lasted by the afternoon."""
        self.town.clock.at = now
        with self.town.database.write() as connection:
            self._visit(connection, now)
        learn_rhythms(self.town.runtime)
        look(self.town.runtime)
        tell(self.town.runtime)

    def people(self, *changed: Person) -> None:
        """Take over a people file in which some are otherwise than before."""
        ids = {each.id for each in changed}
        kept = tuple(each for each in self.site.people if each.id not in ids)
        self.town.use(replace(self.site, people=(*kept, *changed)))

    def account(self, id: AccountId, **changes: Any) -> None:
        """Change an account."""
        changed = tuple(replace(each, **changes) if each.id == id else each for each in self.site.accounts)
        self.town.use(replace(self.site, accounts=changed))

    def findings(self) -> list[Finding]:
        """Return every finding of the year, oldest first."""
        with self.town.database.read() as connection:
            rows = connection.execute(sa.select(finding_table).order_by(finding_table.c.id)).mappings().all()
        return [
            Finding(
                id=row["id"], organisation=row["organisation_id"], account=row["account_id"],
                kind=FindingKind(row["kind"]), evidence=row["evidence"], opened_at=row["opened_at"],
                closed_at=row["closed_at"],
            )
            for row in rows
        ]  # fmt: skip

    def told(self) -> dict[FindingId, list[str]]:
        """Return who was told of each finding, in order."""
        query = sa.select(telling_table.c.finding_id, telling_table.c.told_to).order_by(telling_table.c.id)
        told: dict[FindingId, list[str]] = {}
        with self.town.database.read() as connection:
            for finding, to in connection.execute(query.where(telling_table.c.finding_id.is_not(None))):
                told.setdefault(FindingId(finding), []).append(to)
        return told

    def _visit(self, connection: Connection, now: datetime) -> None:
        well = account_table.c.account_id.not_in(sorted(self.failing))
        connection.execute(
            account_table.update().where(well).values(visited_at=now, read_at=now, failing_since=None, failed_step="")
        )
        for id, error in self.failing.items():
            mark_failed(connection, id, self.site.account(id).organisation, now, error)

    def _come(self, day: date) -> None:
        with self.town.database.write() as connection:
            for account in self.site.accounts:
                if account.channel is Channel.facebook and account.id not in self.mute and day.weekday() in (0, 3):
                    note_post(connection, account, at(day, 9))
                if account.id in self.quiet or account.id in self.failing:
                    continue
                times = self._times(account, day)
                add_arrived(connection, account, times, at(day, 23))
                add_owed(connection, [owed(account, each) for each in times])

    def _read(self, now: datetime) -> None:
        """Let people handle all that waits, where somebody does and the unit is open that day."""
        open_units = {
            each.id for each in self.site.units
            if open_day(self.site.schedule(each.schedule), self.site.calendar, local_date(now)).spans
        }  # fmt: skip
        read = [each for each in self.site.accounts if each.unit in open_units and each.id not in self.unread]
        waiting = (
            handling_table.c.handled_at.is_(None), handling_table.c.arrived_at <= now,
            handling_table.c.account_id.in_([each.id for each in read]),
        )  # fmt: skip
        with self.town.database.write() as connection:
            connection.execute(handling_table.update().where(*waiting).values(handled_at=now, how="seen"))
            for account in read:
                if self.a_day[account.id]:
                    note_person(connection, account, now)

    def _times(self, account: Account, day: date) -> list[datetime]:
        amount = self.a_day[account.id] * share(day, self.site) * self.chance.gammavariate(5, 1 / 5)
        count, left = 0, self.chance.expovariate(1.0)
        while left < amount:
            count, left = count + 1, left + self.chance.expovariate(1.0)
        return sorted(at(day, self.chance.choice((8, 9, 10, 11, 13, 14, 16, 19)), minute=30) for _ in range(count))


def owed(account: Account, arrived_at: datetime) -> Owed:
    """Return a message that people are to handle."""
    return Owed(organisation=account.organisation, account=account.id, arrived_at=arrived_at)


def town_of_sixty() -> tuple[Site, dict[AccountId, float]]:
    """Return a municipality with ten units and sixty accounts, and how much comes to each on a working day."""
    base = site()
    organisation = base.organisations[0]
    units = [replace(base.units[0], manager=PersonId("chef-kc"))]
    units += [
        replace(base.units[1], id=UnitId(f"enhet-{number}"), name=f"Enhet {number}", manager=PersonId(f"chef-{number}"))
        for number in range(1, UNITS)
    ]
    people = [*base.people, *(_person(unit.manager or PersonId("")) for unit in units)]
    accounts: list[Account] = []
    for number in range(60):
        account, reader = _account(number, units[number % UNITS].id)
        accounts.append(account)
        people += [reader] if reader else []
    amounts = {each.id: (0.5, 1.0, 1.5, 2.5, 4.0)[number % 5] for number, each in enumerate(accounts)}
    closed = HoursException(first=date(2026, 7, 6), last=date(2026, 7, 31), why="semesterstängt")
    summer = replace(schedule("sommarstangt", "08:00", "16:30"), exceptions=(closed,))
    units[4] = replace(units[4], schedule=summer.id)
    town = replace(
        base, units=tuple(units), people=tuple(people), accounts=tuple(accounts),
        schedules=(*base.schedules, summer), organisations=(organisation,),
        alert_smtp=SmtpConnection(host="127.0.0.1"), alert_sender="svarsvakt@exempelby.example",
    )  # fmt: skip
    return town, amounts


def _account(number: int, unit: UnitId) -> tuple[Account, Person | None]:
    name = f"konto-{number:02d}"
    host = "old-mail.example" if number % 3 == 0 else "mail.example"
    base = Account(
        id=AccountId(name), name=name, organisation=site().organisations[0].id, unit=unit, channel=Channel.email,
        address=f"{name}@exempelby.example", imap=ImapConnection(host=host), auto_reply=AutoReply.shadow,
        tier=Tier.contact_center if number % UNITS == 0 else Tier.unit,
    )  # fmt: skip
    if number < 4:
        page = FacebookConnection(secret="page")
        return replace(base, channel=Channel.facebook, address=str(1000 + number), imap=None, facebook=page), None
    if number < 12:
        reader = _person(PersonId(f"reader-{number}"))
        personal = replace(
            base, tier=Tier.employee, mode=Mode.watch_only, auto_reply=AutoReply.off, readers=(reader.id,)
        )
        return personal, reader
    return base, None


def _person(id: PersonId) -> Person:
    return Person(id=id, name=id.title(), email=f"{id}@exempelby.example")


def share(day: date, town: Site) -> float:
    """Return how much comes on a day, of what comes on an ordinary one."""
    if not is_working_day(town.calendar, day):
        return 0.1
    if (day.month, day.day) >= (12, 21) or (day.month, day.day) <= (1, 6):
        return 0.2
    return 0.5 if (6, 22) <= (day.month, day.day) <= (8, 9) else 1.0


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a local time of a day."""
    return datetime.combine(day, time(hour, minute), STOCKHOLM).astimezone(UTC)


def days(first: date, last: date) -> Iterator[date]:
    """Yield the days from one to another, both included."""
    yield from (first + timedelta(days=number) for number in range((last - first).days + 1))
