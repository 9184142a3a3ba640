"""Who is visited next: the longest waiting, no more than have a place, nobody twice, nobody left in the dark."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.account import Account, AccountStatus, ImapConnection
from domain.errors import Unreachable
from domain.finding import Heartbeat
from domain.ids import AccountId
from domain.protocols import Step
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.due import MOST_FAILING, note_asked_for, ring_due
from pipeline.receive import receive
from pipeline.runtime import Runtime
from pipeline.visit import place, visit
from store.accounts import list_heartbeats, mark_failed
from store.database import Database, database_now
from store.leases import claim_lease, list_live, release_lease
from store.schema import leases
from tests.builders import account, site
from tests.flow.installation import Installation, mail
from tests.tables import embedded_with_tables

HOUR = timedelta(hours=1)


class Bell:
    """Keeps the accounts that it was rung for, in order."""

    def __init__(self) -> None:
        self.rung: list[AccountId] = []

    def ring(self, step: Step, account: AccountId | None = None) -> None:
        if step is Step.receive and account is not None:
            self.rung.append(account)

    def heard(self) -> list[AccountId]:
        """Return what was rung, and forget it."""
        heard, self.rung = self.rung, []
        return heard


def mailbox(name: str, host: str = "mx.example") -> Account:
    """Return an account at a host."""
    return account(id=AccountId(name), address=f"{name}@exempelby.example", imap=ImapConnection(host=host))


def municipality(*accounts: Account) -> Site:
    """Return a site with these accounts, whose hosts take three visits at once."""
    base = site(accounts=accounts)
    return replace(base, run=replace(base.run, connections_per_host=3))


def many(count: int, host: str = "mx.example") -> tuple[Account, ...]:
    """Return accounts at one host."""
    return tuple(mailbox(f"{host.split('.')[0]}{number:02}", host) for number in range(count))


@pytest.fixture
def database(embedded: Database) -> Database:
    """Give an embedded database: what is due is no question of which."""
    return embedded


class Town:
    """An installation whose bell only remembers."""

    def __init__(self, database: Database, *accounts: Account) -> None:
        self.bell = Bell()
        self.installation = Installation(database, site=municipality(*accounts))
        self.runtime: Runtime = replace(self.installation.runtime, bell=self.bell)

    def fail(self, *accounts: Account, step: str = "tcp") -> None:
        """Let the last visit to these have failed."""
        with self.runtime.database.write() as connection:
            for each in accounts:
                error = Unreachable(step, "mx.example:993 did not answer in time")
                mark_failed(connection, each.id, each.organisation, self.runtime.now, error)

    def due(self) -> list[AccountId]:
        """Ring, and return for whom."""
        ring_due(self.runtime)
        return self.bell.heard()

    def heartbeat(self, id: AccountId) -> Heartbeat | None:
        """Return how the last visits to an account went."""
        with self.runtime.database.read() as connection:
            return {each.account: each for each in list_heartbeats(connection, MACHINE)}.get(id)


def test_no_more_are_rung_for_than_their_host_has_places(database: Database) -> None:
    town = Town(database, *many(5, "a.example"), *many(2, "b.example"))

    assert town.due() == ["a00", "a01", "a02", "b00", "b01"]


def test_a_bell_that_was_not_heard_yet_is_not_rung_again(database: Database) -> None:
    town = Town(database, *many(2))

    assert len(town.due()) == 2
    assert town.due() == []


def test_an_account_that_is_being_read_is_not_rung_for(database: Database) -> None:
    town = Town(database, *many(2))
    with database.write() as connection:
        claim_lease(connection, "account/mx00", "another", HOUR)

    assert town.due() == ["mx01"]


def test_whoever_waits_longest_comes_first(database: Database) -> None:
    town = Town(database, *many(5))
    for name in ("mx03", "mx01", "mx00", "mx04", "mx02"):
        visit(town.runtime, AccountId(name))
        town.installation.clock.forward(seconds=1)
    town.bell.heard()
    town.installation.clock.forward(minutes=2)

    assert town.due() == ["mx03", "mx01", "mx00"]


def test_a_visit_by_a_machine_whose_clock_goes_a_little_before_ours_was_lately(database: Database) -> None:
    town = Town(database, mailbox("kc"))
    visit(town.runtime, AccountId("kc"))
    town.bell.heard()

    town.installation.clock.forward(seconds=-5)

    assert town.due() == []


def test_after_a_clock_was_set_back_an_hour_accounts_are_visited_at_once(database: Database) -> None:
    town = Town(database, mailbox("kc"))
    visit(town.runtime, AccountId("kc"))
    town.bell.heard()

    town.installation.clock.forward(hours=-1)

    assert town.due() == ["kc"]


def test_an_account_that_was_asked_for_in_vain_comes_before_those_whose_time_it_is(database: Database) -> None:
    town = Town(database, *many(5))
    for number in range(5):
        visit(town.runtime, AccountId(f"mx{number:02}"))
        town.installation.clock.forward(seconds=1)
    town.bell.heard()
    town.installation.clock.forward(minutes=2)
    note_asked_for(town.runtime, AccountId("mx04"))

    assert town.due() == ["mx04", "mx00", "mx01"]


def test_a_visit_that_ends_rings_for_the_next_at_its_host(database: Database) -> None:
    town = Town(database, *many(4))
    town.due()

    visit(town.runtime, AccountId("mx00"))

    assert town.bell.heard() == ["mx03"]


def test_sixty_accounts_of_one_host_are_all_visited_in_turn(database: Database) -> None:
    accounts = many(60)
    town = Town(database, *accounts)
    visited: list[AccountId] = []
    bells = town.due()

    while bells:
        visited.append(bells[0])
        visit(town.runtime, bells[0])
        bells = [*bells[1:], *town.bell.heard()]

    assert sorted(visited) == [each.id for each in accounts]


def test_accounts_that_fail_leave_room_for_those_that_do_not(database: Database) -> None:
    ill = [each for number in range(9) for each in many(2, f"ill{number}.example")]
    town = Town(database, *ill, mailbox("well", "well.example"))
    town.fail(*ill)
    town.installation.clock.forward(minutes=2)

    rung = town.due()

    assert len(rung) == MOST_FAILING + 1
    assert "well" in rung


def test_an_account_that_its_host_lets_nobody_get_to_is_named_with_the_others(database: Database) -> None:
    accounts = many(5)
    town = Town(database, *accounts)
    town.fail(*accounts[:3])
    with database.write() as connection:
        for number in range(3):
            claim_lease(connection, f"account/mx0{number}", "hangs", HOUR)

    assert town.due() == []

    waiting = town.heartbeat(AccountId("mx04"))
    assert waiting is not None
    assert (waiting.failed_step, waiting.visited_at) == ("tcp", None)
    assert "did not answer in time" in waiting.failure
    assert waiting.failing_since == town.runtime.now


def test_a_wrong_password_of_one_account_says_nothing_of_another(database: Database) -> None:
    accounts = many(5)
    town = Town(database, *accounts)
    town.fail(*accounts[:3], step="sign_in")
    with database.write() as connection:
        for number in range(3):
            claim_lease(connection, f"account/mx0{number}", "at work", HOUR)

    town.due()

    assert town.heartbeat(AccountId("mx04")) is None


def test_a_bell_heard_while_every_place_was_taken_is_not_lost(database: Database) -> None:
    town = Town(database, *many(1))
    visit(town.runtime, AccountId("mx00"))
    with ExitStack() as others:
        for name in "abc":
            other = town.installation.colleague(name)
            others.enter_context(place(other, other.site(), other.site().accounts[0]))
        passed_over = visit(town.runtime, AccountId("mx00")).passed_over

    assert passed_over
    assert town.due() == ["mx00"]


def test_who_is_reading_learns_once_that_more_has_come_and_further_bells_write_nothing(database: Database) -> None:
    town = Town(database, *many(1))
    visit(town.runtime, AccountId("mx00"))
    with database.write() as connection:
        claim_lease(connection, "account/mx00", "another", HOUR)
    first = visit(town.runtime, AccountId("mx00"))
    before = live(database)

    with nobody_may_write(database):
        second = visit(town.runtime, AccountId("mx00"))

    assert first.passed_over
    assert second.passed_over
    assert live(database) == before
    with database.write() as connection:
        release_lease(connection, "account/mx00", "another")
    assert town.due() == ["mx00"]


def live(database: Database) -> frozenset[str]:
    """Return the leases that somebody holds."""
    with database.read() as connection:
        return list_live(connection, MACHINE)


@contextmanager
def nobody_may_write(database: Database) -> Iterator[None]:
    """Fail whoever begins to write."""

    def refuse() -> None:
        raise AssertionError("somebody began to write")

    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(database, "write", lambda **_: refuse())
        yield


def test_a_closed_account_is_left_in_peace(database: Database) -> None:
    town = Town(database, replace(mailbox("mx00"), status=AccountStatus.closed))

    assert town.due() == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.booleans()), min_size=1, max_size=12))
def test_nobody_has_more_visits_than_places_whatever_the_state(kinds: list[tuple[str, bool, bool]]) -> None:
    accounts = [mailbox(f"{host}{number}", host) for number, (host, _, _) in enumerate(kinds)]
    with TemporaryDirectory() as folder, closing(embedded_with_tables(Path(folder) / "due.sqlite3")) as database:
        town = Town(database, *accounts)
        town.fail(*(each for each, (_, ill, _) in zip(accounts, kinds, strict=True) if ill))
        for each in (each for each, (_, _, asked) in zip(accounts, kinds, strict=True) if asked):
            note_asked_for(town.runtime, each.id)

        rung = town.due()
        again = town.due()

    assert len(set(rung)) == len(rung)
    assert all(sum(name.startswith(host) for name in [*rung, *again]) <= 3 for host in "abc")


def test_the_place_of_a_visit_is_held_as_long_as_batches_come(database: Database) -> None:
    town = Installation(database, site=municipality(mailbox("a")))
    town.arrives(mail())
    with place(town.runtime, town.site, town.site.accounts[0]):
        with database.write() as connection:
            connection.execute(leases.update().values(until=database_now(connection) + timedelta(seconds=5)))

        receive(town.runtime, town.account)

        with database.read() as connection:
            soon = database_now(connection) + timedelta(minutes=1)
            held = connection.scalars(sa.select(leases.c.name).where(leases.c.until > soon)).all()
    assert held == ["host/mx.example/0"]
