"""An installation in one process for flow tests: real database and settings, connectors in memory."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from connectors.fake import FakeSink, FakeSource
from domain.account import Account, AutoReply, ImapConnection, SmtpConnection, Tier
from domain.ids import AccountId, UnitId
from domain.outgoing import OutgoingKind
from domain.protocols import Step
from domain.reply_template import ReplyTemplate
from domain.site import Site
from domain.ticket import Ticket
from domain.viewer import MACHINE
from outbox.shelf import every_text
from pipeline.activate import activate
from pipeline.active_site import ActiveSite
from pipeline.decide import decide
from pipeline.decided import Decided
from pipeline.receive import Received, receive
from pipeline.runtime import Runtime
from pipeline.seal import seal
from pipeline.send import Sent, send
from pipeline.tell import tell
from pipeline.watch import watch
from settings import canonical
from store.database import Database
from store.sent import StoredOutgoing
from store.sent import list_alerts as stored_alerts
from store.sent import list_of_ticket as sent_of_ticket
from store.tickets import list_tickets
from tests.builders import TUESDAY, account, site

CONTACT_CENTER = "kontaktcenter@exempelby.example"
GATA = AccountId("gata")


def small_site() -> Site:
    """Return the builders' municipality with a street unit's mailbox beside the contact center's, both answering."""
    imap, smtp = ImapConnection(host="127.0.0.1"), SmtpConnection(host="127.0.0.1")
    center = account(imap=imap, smtp=smtp, auto_reply=AutoReply.on)
    street = replace(
        center, id=GATA, name="Gata", unit=UnitId("gata"), address="gata@exempelby.example", tier=Tier.unit
    )
    mail_settings = replace(site().mail, border_servers=("mx.exempelby.example",))
    return site(
        accounts=(center, street),
        alert_smtp=smtp,
        alert_sender="svarsvakt@exempelby.example",
        mail=mail_settings,
    )


class SetClock:
    """A clock that a test moves."""

    def __init__(self, start: datetime = TUESDAY) -> None:
        self.at = start

    def now(self) -> datetime:
        return self.at

    def forward(self, **duration: float) -> None:
        self.at += timedelta(**duration)


class RecordingBell:
    """A bell that keeps what was rung."""

    def __init__(self) -> None:
        self.rung: list[Step] = []

    def ring(self, step: Step, account: AccountId | None = None) -> None:
        self.rung.append(step)


class FakeWires:
    """One mailbox in memory per account, and one way out for all."""

    def __init__(self, clock: SetClock) -> None:
        self.sources: dict[AccountId, FakeSource] = {}
        self.out = FakeSink(clock)

    def source(self, account: Account) -> FakeSource | None:
        if account.imap is None:
            return None
        return self.sources.setdefault(account.id, FakeSource())

    def line(self, account: Account) -> None:
        return None

    def hook(self, wire: str, account: Account) -> None:
        return None

    def sink(self, site: Site, account: Account, kind: OutgoingKind) -> FakeSink | None:
        return self.out


#: Configurations are frozen: many installations of one test run share what was read once.
read_site = lru_cache(maxsize=16)(canonical.from_json)


def approved_finnish(name: str) -> ReplyTemplate:
    """Return our Finnish text, approved by the municipality."""
    ours = next(text for text in every_text(site()) if text.file == f"templates/replies/email/{name}.fi.txt")
    return replace(ours, source=ours.source.replace('status = "draft"', 'status = "approved"'))


class Installation:
    """A running Svarsvakt whose outside a test controls."""

    def __init__(self, database: Database, *, site: Site | None = None, worker: str = "worker-1") -> None:
        self.database = database
        self.clock = SetClock()
        self.wires = FakeWires(self.clock)
        self.bell = RecordingBell()
        self.runtime = Runtime(
            database=database,
            site=ActiveSite(database, read_site),
            wires=self.wires,
            clock=self.clock,
            bell=self.bell,
            worker=lambda: worker,
        )
        self.use(site or small_site())
        self.account = self.site.accounts[0].id

    def use(self, site: Site) -> None:
        """Activate a configuration."""
        self.site = site
        activate(self.database, canonical.digest(site), canonical.to_json(site), site, self.clock.now())

    def colleague(self, name: str) -> Runtime:
        """Return the runtime of another worker on the same database."""
        return replace(self.runtime, worker=lambda: name)

    def mailbox(self, id: AccountId | None = None) -> FakeSource:
        """Return an account's mailbox."""
        return self.wires.sources.setdefault(id or self.account, FakeSource())

    def connect(self) -> None:
        """Read every mailbox while it is empty, so that what comes later is no history (P14)."""
        for each in self.site.accounts:
            receive(self.runtime, each.id)

    def arrives(self, original: bytes, id: AccountId | None = None) -> str:
        """Let a mail arrive now."""
        return self.mailbox(id).put(original, at=self.clock.now())

    def round(self) -> tuple[Received, Decided, Sent]:
        """Do one round of everything."""
        for each in self.site.accounts:
            if each.id != self.account:
                receive(self.runtime, each.id)
        received = receive(self.runtime, self.account)
        decided, sent = decide(self.runtime), send(self.runtime)
        watch(self.runtime)
        tell(self.runtime)
        send(self.runtime)
        seal(self.runtime)
        return received, decided, sent

    def tickets(self) -> tuple[Ticket, ...]:
        """Return all open tickets."""
        with self.database.read() as connection:
            return list_tickets(connection, MACHINE)

    def replies(self, ticket: Ticket) -> tuple[StoredOutgoing, ...]:
        """Return what was sent about a ticket, or is to be."""
        with self.database.read() as connection:
            return sent_of_ticket(connection, MACHINE, ticket.id)

    def alerts(self) -> tuple[StoredOutgoing, ...]:
        """Return the alerts, newest first."""
        with self.database.read() as connection:
            return stored_alerts(connection, MACHINE)


def mail(
    text: str = "Hej! Det är ett stort hål i vägen på Storgatan 3.",
    *,
    subject: str = "Hål i vägen",
    sender: str = "anna@example.se",
    to: str = CONTACT_CENTER,
    id: str | None = "<1@example.se>",
    at: datetime = TUESDAY,
    extra: tuple[str, ...] = (),
) -> bytes:
    """Return a mail as LMTP leaves it in the mailbox."""
    stamp = f"{at:%a, %d %b %Y %H:%M:%S +0000}"
    lines = [
        f"Return-Path: <{sender}>",
        f"Received: from mail.example.se by mx.exempelby.example with ESMTP; {stamp}",
        f"From: Anna Exempel <{sender}>",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {stamp}",
        *([f"Message-ID: {id}"] if id else []),
        *extra,
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        text,
        "",
    ]
    return "\r\n".join(lines).encode()


def numbered(count: int) -> Iterator[bytes]:
    """Yield mails from as many citizens."""
    for number in range(1, count + 1):
        yield mail(
            f"Hej! Hål nummer {number} i vägen på Storgatan.",
            sender=f"person{number}@example.se",
            id=f"<{number}@example.se>",
        )
