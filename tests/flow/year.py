"""A year of the town of sixty: what comes, what people do, and the real steps; time is an argument.

Time goes in jumps, from one moment at which something is due to the next: the hour of the digests, mid-morning when
people have read and mail has come, and whatever moments a planted fault asks for. At each the real steps run.
"""

import random
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from domain.account import Account, Channel
from domain.errors import Unreachable
from domain.finding import Finding
from domain.ids import AccountId, PersonId, TicketId, UnitId
from domain.instant import STOCKHOLM
from domain.open_time import local_date, open_day
from domain.outcome import Outcome
from domain.person import Person
from domain.protocols import Step
from domain.site import Site
from domain.swedish_calendar import is_working_day
from domain.ticket import TicketStatus
from domain.viewer import MACHINE, Role
from pipeline.beat import RUNG_ALWAYS, SCHEDULER
from pipeline.canary import send_canaries
from pipeline.crawl import crawl
from pipeline.decide import decide
from pipeline.desk import Desk
from pipeline.holding import hold
from pipeline.receive import receive
from pipeline.reconcile import reconcile
from pipeline.seal import seal
from pipeline.send import send
from pipeline.tell import tell
from pipeline.watch import watch
from sandbox.smtp_server import SentMail
from sandbox.twilio import TwilioServer
from store.account_days import list_findings_since
from store.beats import note_beat
from store.schema import accounts as account_table
from store.schema import leases
from store.schema import tickets as ticket_table
from store.users import User, add_user, find_user
from tests.flow.installation import Installation
from tests.flow.year_town import BUSY, FIRST, LAST, TOWN, WORDS, at
from tests.flow.year_wires import ContactPage, YearMailbox, YearWires, written

#: The weeks before, from which rhythms are learned at first connection.
BEFORE = timedelta(days=70)

#: To accounts that are not busy something comes every sixteenth working day.
NOW_AND_THEN = 16


@dataclass(slots=True)
class Year:
    """The town as the year goes."""

    town: Installation
    wires: YearWires
    page: ContactPage = field(default_factory=ContactPage)
    chance: random.Random = field(default_factory=lambda: random.Random(11))
    #: Accounts to which nothing comes, and that nobody reads; that people read and do not answer; pages that are mute.
    quiet: set[AccountId] = field(default_factory=set)
    unread: set[AccountId] = field(default_factory=set)
    unanswered: set[AccountId] = field(default_factory=set)
    mute: set[AccountId] = field(default_factory=set)
    #: Parts of the work that nobody does.
    stopped: set[Step | str] = field(default_factory=set)
    #: Who is read at the next moment: something came or was done there.
    news: set[AccountId] = field(default_factory=set)
    #: What people are still to read, by account, with when it came.
    waiting: dict[AccountId, list[tuple[str, datetime]]] = field(default_factory=lambda: defaultdict(list))
    #: Every alert that left by mail, as the receiving server got it.
    mails: list[SentMail] = field(default_factory=list)
    phones: TwilioServer | None = None
    written: int = 0

    @property
    def site(self) -> Site:
        """The configuration as it is now."""
        return self.town.site

    def connect(self) -> None:
        """Read every account for the first time: what lies there teaches its rhythm, and is nobody's work."""
        self.town.clock.at = at(FIRST, 7)
        for account in self.site.accounts:
            before = () if account.id in self.quiet else days(FIRST - BEFORE, FIRST - timedelta(days=1))
            for day in before:
                for _ in range(self._amount(account, day)):
                    self._write(account, at(day, 9, 58), history=True)
            receive(self.town.runtime, account.id)
        self.news.clear()

    def moment(self, now: datetime) -> None:
        """Let the time come to a moment, and everything happen that is due by then."""
        runtime = self.town.runtime
        self.town.clock.at = now
        self._go_on_working(now)
        list(crawl(runtime, make_reader=self.page))  # type: ignore[arg-type]
        send_canaries(runtime)
        self._visit(self.news | self.wires.brought)
        decide(runtime)
        hold(runtime)
        send(runtime)
        self._work_at_the_desk(now)
        watch(runtime)
        tell(runtime)
        send(runtime)

    def morning(self, day: date) -> None:
        """Look and send the digests at their hour; on Mondays compare an account with what exists in it."""
        self.moment(at(day, 7, 31))
        if day.weekday() == 0:
            number = day.toordinal() // 7 % len(self.site.accounts)
            reconcile(self.town.runtime, self.site.accounts[number].id)
            seal(self.town.runtime)

    def come(self, day: date, now: datetime) -> None:
        """Let come what comes on a day."""
        for account in self.site.accounts:
            if account.channel is Channel.facebook and account.id not in self.mute and day.weekday() in (0, 3):
                self.mailbox(account).last_post_at = now - timedelta(minutes=30)
                self.news.add(account.id)
            if account.id not in self.quiet:
                for _ in range(self._amount(account, day)):
                    self._write(account, now - timedelta(minutes=2))

    def read(self, now: datetime) -> None:
        """Let people read and answer all that waits, where somebody does and the unit is open that day."""
        open_units = self._open_units(local_date(now))
        for account in self.site.accounts:
            if account.unit not in open_units or account.id in self.unread or account.channel is not Channel.email:
                continue
            flags = ("\\Seen",) if account.id in self.unanswered else ("\\Seen", "\\Answered")
            for identity, _ in self.waiting.pop(account.id, []):
                self.mailbox(account).set_flags(identity, *flags)
                self.news.add(account.id)

    def write(self, id: AccountId, now: datetime, about: str = "") -> str:
        """Let a citizen write to an account; return the identity of what came."""
        return self._write(self.site.account(id), now, about=about)

    def fail(self, error: Unreachable, *ids: AccountId) -> None:
        """Let accounts fail from now on."""
        for id in ids:
            self.wires.sources[id].fail(error)
            self.news.add(id)

    def recover(self, *ids: AccountId) -> None:
        """Let accounts be read again."""
        for id in ids:
            self.wires.sources[id].recover()
            self.news.add(id)

    def mailbox(self, account: Account) -> YearMailbox:
        """Return an account's mailbox."""
        source = self.wires.source(account)
        assert source is not None
        return source

    def people(self, *changed: Person) -> None:
        """Take over a people file in which some are otherwise than before."""
        ids = {each.id for each in changed}
        kept = tuple(each for each in self.site.people if each.id not in ids)
        self.town.use(replace(self.site, people=(*kept, *changed)))

    def person(self, id: str, **changes: Any) -> None:
        """Change a person."""
        self.people(replace(self.site.person(PersonId(id)), **changes))

    def account(self, id: AccountId, **changes: Any) -> None:
        """Change an account."""
        changed = tuple(replace(each, **changes) if each.id == id else each for each in self.site.accounts)
        self.town.use(replace(self.site, accounts=changed))

    def findings(self) -> list[Finding]:
        """Return every finding of the year, oldest first."""
        with self.town.database.read() as connection:
            return list(list_findings_since(connection, MACHINE, datetime(2000, 1, 1, tzinfo=UTC)))

    def _go_on_working(self, now: datetime) -> None:
        """Let the time pass for the database, whose own clock counts leases, and note who has worked meanwhile.

        Visits that would bring nothing are noted, not made.
        """
        with self.town.database.write() as connection:
            connection.execute(leases.update().values(until=datetime(2000, 1, 1, tzinfo=UTC)))
            well = account_table.c.failing_since.is_(None)
            connection.execute(account_table.update().where(well).values(visited_at=now, read_at=now))
            for part in {SCHEDULER, *RUNG_ALWAYS} - self.stopped:
                note_beat(connection, part, "worker-1", now)

    def _visit(self, ids: Collection[AccountId]) -> None:
        failed = set()
        for account in self.site.accounts:
            if account.id in ids and receive(self.town.runtime, account.id).failed_step:
                failed.add(account.id)
        # What fails is tried again at the next moment.
        self.news, self.wires.brought = failed, set()

    def _work_at_the_desk(self, now: datetime) -> None:
        """Close what came by SMS and to pages, where somebody is there to do it."""
        open_units = self._open_units(local_date(now))
        kept = [each.id for each in self.site.accounts if each.id in self.unread or each.unit not in open_units]
        query = sa.select(ticket_table.c.id, ticket_table.c.organisation_id).where(
            ticket_table.c.channel != Channel.email, ticket_table.c.status == TicketStatus.open,
            ticket_table.c.account_id.not_in(kept),
        )  # fmt: skip
        with self.town.database.read() as connection:
            found = connection.execute(query).all()
        for id, organisation in found:
            desk = Desk(self.town.database, self.site, self._clerk(organisation), now)
            desk.close(TicketId(id), Outcome.helped)

    def _clerk(self, organisation: str) -> User:
        name = f"clerk-{organisation}"
        with self.town.database.read() as connection:
            found = find_user(connection, MACHINE, name)
        if found is not None:
            return found
        units = frozenset(unit.id for unit in self.site.units if unit.organisation == organisation)
        with self.town.database.write() as connection:
            add_user(
                connection, organisation=self.site.organisation(organisation).id, name=name,  # type: ignore[arg-type]
                display_name="Bo Ek", password_hash="", person=None, units=units, roles=frozenset({Role.lead}),
                at=self.town.clock.now(),
            )  # fmt: skip
        return self._clerk(organisation)

    def _open_units(self, day: date) -> frozenset[UnitId]:
        return frozenset(
            each.id for each in self.site.units
            if open_day(self.site.schedule(each.schedule), self.site.calendar_of(each.organisation), day).spans
        )  # fmt: skip

    def _write(self, account: Account, when: datetime, *, about: str = "", history: bool = False) -> str:
        self.written += 1
        word = about or WORDS[int(account.unit.rpartition("-")[2]) if account.unit.startswith("enhet") else 0]
        original, media_type = written(account, self.written, word, when)
        flags = frozenset({"\\Seen"}) if history else frozenset()
        identity = self.mailbox(account).put(original, at=when, flags=flags, media_type=media_type)
        if not history:
            self.waiting[account.id].append((identity, when))
            self.news.add(account.id)
        return identity

    def _amount(self, account: Account, day: date) -> int:
        """Return how much comes to an account on a day."""
        number = int(account.id.rpartition("-")[2])
        if number not in BUSY:
            weekday_number = (day.toordinal() - 1) // 7 * 5 + day.weekday()
            return int(is_working_day(self.site.calendar, day) and (weekday_number + number) % NOW_AND_THEN == 0)
        amount = share(day, self.site) * self.chance.gammavariate(5, 1 / 5)
        count, left = 0, self.chance.expovariate(1.0)
        while left < amount:
            count, left = count + 1, left + self.chance.expovariate(1.0)
        return count


def share(day: date, town: Site) -> float:
    """Return how much comes on a day, of what comes on an ordinary one."""
    if not is_working_day(town.calendar_of(TOWN), day):
        return 0.0
    if (day.month, day.day) >= (12, 21) or (day.month, day.day) <= (1, 6):
        return 0.25
    return 0.5 if (6, 22) <= (day.month, day.day) <= (8, 9) else 1.0


def days(first: date = FIRST, last: date = LAST) -> Iterator[date]:
    """Yield the days from one to another, both included."""
    yield from (first + timedelta(days=number) for number in range((last - first).days + 1))


def local(instant: datetime) -> datetime:
    """Return an instant by Stockholm's clocks."""
    return instant.astimezone(STOCKHOLM)
