"""Two mailboxes of a real mail server, read by a second mail program: the one is handled, the other unwatched."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from imapclient import IMAPClient

from connectors.imap import ImapSource
from domain.account import Account, AutoReply, ImapConnection, Mode, Security
from domain.evidence import EvidenceKind
from domain.facts import Workload
from domain.finding import Finding, FindingKind
from domain.ids import AccountId
from domain.viewer import MACHINE
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.watch import look
from store.findings import list_open_findings
from store.handlings import list_workloads
from store.schema import handlings
from tests.flow.installation import GATA, FakeWires, Installation, SetClock, mail, small_site
from tests.services.dovecot import Dovecot
from tests.tables import embedded_with_tables

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
    database = embedded_with_tables(tmp_path / "watched.sqlite3")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody does with the mail of a mailbox in their own mail program, and what it is handled by then."""

    does: Callable[[IMAPClient], object]
    how: EvidenceKind
    #: True: it is seen in Sent, which is never read of a personal mailbox.
    in_sent: bool = False


def move(client: IMAPClient) -> None:
    client.create_folder("Arkiv")
    client.move([1], "Arkiv")


def file_away(client: IMAPClient) -> None:
    """Copy and delete, as mail programs do that know no MOVE."""
    client.create_folder("Arkiv")
    client.copy([1], "Arkiv")
    client.delete_messages([1])
    client.expunge()


def delete(client: IMAPClient) -> None:
    client.delete_messages([1])
    client.expunge()


def send(to: str, subject: str) -> Callable[[IMAPClient], object]:
    """Return what puts a mail that refers to the citizen's into Sent."""
    lines = (
        "From: kontaktcenter@exempelby.example", f"To: {to}", f"Subject: {subject}", "Message-ID: <sv-1@x.example>",
        "In-Reply-To: <0@example.se>", "References: <0@example.se>", "MIME-Version: 1.0", "Content-Type: text/plain",
        "", "Hej!", "",
    )  # fmt: skip
    mime = "\r\n".join(lines).encode()
    return lambda client: client.append("Skickat", mime, [rb"\Seen"])


DEEDS = {
    "opened": Deed(does=lambda client: client.fetch([1], ["BODY[]"]), how=EvidenceKind.seen),
    "answered": Deed(does=lambda client: client.add_flags([1], [rb"\Answered"]), how=EvidenceKind.answered),
    "answered in Sent": Deed(does=send("p0@example.se", "SV: Hål i vägen"), how=EvidenceKind.answered, in_sent=True),
    "marked": Deed(does=lambda client: client.add_flags([1], [rb"\Flagged"]), how=EvidenceKind.flagged),
    "moved": Deed(does=move, how=EvidenceKind.gone),
    "filed": Deed(does=file_away, how=EvidenceKind.gone),
    "deleted": Deed(does=delete, how=EvidenceKind.gone),
    "forwarded": Deed(does=send("ek@exempelbo.example", "VB: Hål i vägen"), how=EvidenceKind.forwarded, in_sent=True),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_whatever_somebody_does_with_a_mail_handles_it_and_says_how(
    town: Installation, dovecot: Dovecot, deed: Deed
) -> None:
    for number, id in enumerate((KC, GATA)):
        dovecot.deliver(user(town, id), mail(id=f"<{number}@example.se>", sender=f"p{number}@example.se"))
    visit(town)
    town.clock.forward(minutes=5)

    with dovecot.client(user(town, KC)) as somebody:
        somebody.select_folder("INBOX")
        deed.does(somebody)
    visit(town)

    is_seen = not deed.in_sent or town.site.account(KC).mode is not Mode.watch_only
    assert {id: each.unhandled for id, each in waits(town).items()} == {KC: int(not is_seen), GATA: 1}
    assert handled_by(town, KC) == (deed.how if is_seen else "")


def handled_by(town: Installation, id: AccountId) -> str:
    """Return what the only message of an account is handled by; empty: nobody has."""
    with town.database.read() as connection:
        how = connection.scalar(sa.select(handlings.c.how).where(handlings.c.account_id == id))
    return str(how)


def test_what_is_read_at_last_closes_the_finding(town: Installation, dovecot: Dovecot) -> None:
    dovecot.deliver(user(town, GATA), mail())
    visit(town)
    town.clock.forward(days=9)
    visit(town)
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
