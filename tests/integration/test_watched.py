"""Two mailboxes of a real mail server, read by a second mail program: the one is handled, the other unwatched."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.imap import ImapSource
from domain.account import Account, AutoReply, ImapConnection, Mode, Security
from domain.facts import Workload
from domain.finding import Finding, FindingKind
from domain.ids import AccountId
from domain.viewer import MACHINE
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.watch import look
from store.database import Database
from store.findings import list_open_findings
from store.handlings import list_workloads
from store.migrate import migrate
from tests.flow.installation import GATA, FakeWires, Installation, SetClock, mail, small_site
from tests.services.dovecot import Dovecot

pytestmark = pytest.mark.service("dovecot")

KC = AccountId("kontaktcenter")


class RealMailboxes(FakeWires):
    """Mailboxes of a real server; what is sent goes nowhere."""

    def __init__(self, clock: SetClock, dovecot: Dovecot) -> None:
        super().__init__(clock)
        self._dovecot = dovecot

    def source(self, account: Account) -> ImapSource:  # type: ignore[override]
        assert account.imap is not None
        password = self._dovecot.password(account.imap.user)
        return ImapSource(account.imap, password, watch_only=account.mode is Mode.watch_only)


@pytest.fixture(params=[Mode.observe, Mode.watch_only])
def town(request: pytest.FixtureRequest, tmp_path: Path, dovecot: Dovecot) -> Iterator[Installation]:
    """Give an installation that has read both mailboxes while they were empty."""
    database = Database(f"sqlite:///{tmp_path}/watched.sqlite3")
    migrate(database)
    accounts = tuple(
        replace(each, mode=request.param, auto_reply=AutoReply.off, smtp=None, imap=way_in(dovecot))
        for each in small_site().accounts
    )
    installation = Installation(database, site=replace(small_site(), accounts=accounts))
    # The server stamps what arrives with its own time: a Wednesday would be better, and any day must do.
    installation.clock.at = datetime.now(UTC)
    installation.runtime = replace(installation.runtime, wires=RealMailboxes(installation.clock, dovecot))
    visit(installation)
    yield installation
    database.close()


def way_in(dovecot: Dovecot) -> ImapConnection:
    return ImapConnection(
        host=dovecot.host, port=dovecot.imap_port, security=Security.none, user=dovecot.add_user(), timeout_seconds=20
    )


def visit(town: Installation) -> None:
    for id in (KC, GATA):
        receive(town.runtime, id)
    decide(town.runtime)


def user(town: Installation, id: AccountId) -> str:
    way = town.site.account(id).imap
    assert way is not None
    return way.user


def unwatched(town: Installation) -> list[Finding]:
    look(town.runtime)
    with town.database.read() as connection:
        return [each for each in list_open_findings(connection, MACHINE) if each.kind is FindingKind.unwatched]


def waits(town: Installation) -> dict[AccountId, Workload]:
    with town.database.read() as connection:
        return list_workloads(connection, MACHINE)


def test_the_mailbox_that_somebody_reads_is_handled_and_the_other_is_unwatched(
    town: Installation, dovecot: Dovecot
) -> None:
    for number, id in enumerate((KC, GATA)):
        dovecot.deliver(user(town, id), mail(id=f"<{number}@example.se>", sender=f"p{number}@example.se"))
    visit(town)
    before = {id: each.unhandled for id, each in waits(town).items()}
    town.clock.forward(minutes=5)

    with dovecot.client(user(town, KC)) as somebody:
        somebody.select_folder("INBOX")
        somebody.fetch([1], ["BODY[]"])
    visit(town)
    after = {id: each.unhandled for id, each in waits(town).items()}
    town.clock.forward(days=9)
    visit(town)
    found = unwatched(town)

    assert before == {KC: 1, GATA: 1}
    assert after == {KC: 0, GATA: 1}
    assert [each.account for each in found] == [GATA]
    assert [flags - {"\\Recent"} for flags in dovecot.flags(user(town, GATA))] == [frozenset()]


def test_what_is_read_at_last_closes_the_finding(town: Installation, dovecot: Dovecot) -> None:
    dovecot.deliver(user(town, GATA), mail())
    visit(town)
    town.clock.forward(days=9)
    opened = unwatched(town)

    with dovecot.client(user(town, GATA)) as somebody:
        somebody.select_folder("INBOX")
        somebody.delete_messages([1])
        somebody.expunge()
    visit(town)
    meanwhile = unwatched(town)
    town.clock.at += timedelta(minutes=11)

    assert [each.account for each in opened] == [GATA]
    assert len(meanwhile) == 1
    assert unwatched(town) == []
