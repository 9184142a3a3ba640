"""A town's database for the pages: tickets put in through the store, and people who look at them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from starlette.applications import Starlette

from domain.account import AutoReply, Channel
from domain.category import Secrecy, Urgency
from domain.decision import Queue
from domain.finding import FindingKind
from domain.ids import (
    AccountId,
    CategoryId,
    Digest,
    FindingId,
    MessageId,
    OrganisationId,
    OutgoingId,
    PersonId,
    TicketId,
    UnitId,
)
from domain.message import Arrival, Attachment, Fate, Mailbox
from domain.organisation import Organisation, Unit
from domain.outgoing import Outgoing, OutgoingKind, Receipt
from domain.person import Person
from domain.site import Site
from domain.viewer import Role
from store import events
from store.breaker import hold_breaker, open_breaker
from store.clocks import mark_notice_met
from store.database import Database
from store.findings import open_finding
from store.messages import DecidedMessage, add_arrivals, mark_decided
from store.new_tickets import NewTicket, open_ticket
from store.outgoing import Draft, add_outgoing
from store.sending import claim_to_send, mark_handing_over, mark_sent
from store.users import add_user
from store.waiting import claim_waiting
from tests import builders
from tests.tables import embedded_with_tables
from web.app import make_app

#: 09.12 on a Tuesday in Stockholm.
NOW = builders.TUESDAY
#: Where a browser finds the demo.
HERE = "http://127.0.0.1:8000"
PASSWORD = "ett långt lösenord"
TOWN = OrganisationId("exempelby")
WATER = OrganisationId("exempelby-vatten")


@dataclass
class TownClock:
    """A clock that stands until somebody moves it."""

    instant: datetime = NOW

    def now(self) -> datetime:
        return self.instant


def town_site() -> Site:
    """Return two organisations, four units, and an account each."""
    site = builders.site()
    social = Unit(
        id=UnitId("social"), name="Socialtjänst", organisation=TOWN, schedule=site.units[1].schedule,
        manager=PersonId("nadja"),
    )  # fmt: skip
    water = Unit(id=UnitId("va"), name="Vatten och avfall", organisation=WATER, schedule=site.units[1].schedule)
    street = builders.account(
        id=AccountId("gata"), name="Gata och park", unit=UnitId("gata"), address="gata@exempelby.example",
        auto_reply=AutoReply.on,
    )  # fmt: skip
    pipes = builders.account(
        id=AccountId("vatten"), name="Vattenjouren", unit=UnitId("va"), organisation=WATER,
        address="kund@vatten.example",
    )  # fmt: skip
    return replace(
        site,
        organisations=(*site.organisations, Organisation(
            id=WATER, name="Exempelby vatten", domains=("vatten.example",), contact="", privacy_url="",
        )),
        units=(*site.units, social, water),
        people=(*site.people, Person(id=PersonId("nadja"), name="Nadja Ekhammar", email="nadja@exempelby.example")),
        accounts=(*site.accounts, street, pipes),
    )  # fmt: skip


#: Hashes with next to no work.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@cache
def password_hash() -> str:
    """Hash the one password of all test users, with so little work that a sign-in costs nothing.

    How hard a hash is to check stands in it.
    """
    return CHEAP.hash(PASSWORD)


@dataclass
class Town:
    """The database, its clock, and what a test puts into it."""

    database: Database
    clock: TownClock = field(default_factory=TownClock)
    site: Site = field(default_factory=town_site)
    _count: int = 0

    @classmethod
    def build(cls, folder: Path) -> "Town":
        """Return an empty town with its people."""
        town = cls(embedded_with_tables(folder / "town.sqlite3"))
        town.add_person("bo", "Bo Karlsson", "kontaktcenter")
        town.add_person("cilla", "Cilla Berg", "gata")
        town.add_person("nadja", "Nadja Ekhammar", "social")
        town.add_person("vera", "Vera Lind", "va", organisation=WATER)
        return town

    def app(self, **changes: Any) -> Starlette:
        """Return the pages of this town."""
        site: Callable[[], Site] = changes.pop("site", lambda: self.site)
        return make_app(database=self.database, clock=self.clock, site=site, **changes)

    def add_person(
        self, name: str, display: str, unit: str, organisation: OrganisationId = TOWN,
        roles: frozenset[Role] = frozenset({Role.agent}), person: PersonId | None = None,
    ) -> None:  # fmt: skip
        """Add somebody who can sign in."""
        with self.database.write() as connection:
            add_user(
                connection, organisation=organisation, name=name, display_name=display, password_hash=password_hash(),
                person=person, units=frozenset({UnitId(unit)}), roles=roles, at=NOW,
            )  # fmt: skip

    def stop_replies(self) -> None:
        """Let so many automatic replies have gone that they are stopped."""
        with self.database.write() as connection:
            hold_breaker(connection)
            open_breaker(connection, "500 automatic messages", NOW)

    def add_ticket(self, explanation: Mapping[str, Any] | None = None, **changes: Any) -> tuple[TicketId, MessageId]:
        """Let a message come in and open a ticket for it; `changes` are of the ticket or of the message."""
        self._count += 1
        parts = {key: changes.pop(key) for key in list(changes) if key in {"text", "quoted", "attachments", "defects"}}
        identity = changes.pop("identity", f"INBOX/1/{self._count}")
        account = changes.pop("from_account", self.site.accounts[0])
        new = replace(_new_ticket(account.organisation, account.id), **changes)
        message = builders.message(
            subject=new.subject, sender=Mailbox(new.sender_address, new.sender_name), arrived_at=new.arrived_at,
            message_id=f"<{self._count}@example.se>", **parts,
        )  # fmt: skip
        original = f"From: {new.sender_address}\r\nSubject: {new.subject}\r\n\r\n{message.text}".encode()
        arrival = Arrival(
            identity=identity, original=original, media_type="message/rfc822",
            provider_at=new.arrived_at,
        )  # fmt: skip
        with self.database.write() as connection:
            add_arrivals(connection, account, [arrival], new.opened_at)
            (waiting,) = claim_waiting(connection, "w")
            ticket, _ = open_ticket(connection, new)
            decided = DecidedMessage(
                id=waiting.id, fate=Fate.ticket, message=message, letter=Digest(f"{self._count:064d}"), ticket=ticket,
                outgoing=None, explanation=dict(explanation if explanation is not None else explained()),
            )  # fmt: skip
            mark_decided(connection, [decided], "w", at=new.opened_at)
            events.append(
                connection, "decided", at=new.opened_at, organisation=account.organisation, actor="decide",
                account=account.id, ticket=ticket,
            )  # fmt: skip
        return ticket, waiting.id

    def answer_automatically(
        self, ticket: TicketId, message: MessageId, at: datetime, *, shadow: bool = False, language: str = "sv"
    ) -> OutgoingId:
        """Send the automatic reply, or keep it where the account is in shadow."""
        text = TEXTS[language]
        with self.database.write() as connection:
            id = add_outgoing(
                connection, _receipt(language, shadow), _draft(f"r{self._count}", text), at=at, ticket=ticket,
                message=message,
            )  # fmt: skip
            assert id is not None
            if not shadow:
                claim_to_send(connection, "w")
                mark_handing_over(connection, id, "w", timedelta(minutes=1))
                mark_sent(connection, id, "w", Receipt(accepted_at=at))
                mark_notice_met(connection, ticket, at)
                events.append(connection, "sent", at=at, organisation=TOWN, actor="outbox", ticket=ticket)
        return id

    def alert(self, account: str = "gata", organisation: OrganisationId = TOWN) -> tuple[FindingId, OutgoingId]:
        """Find an account unreachable and tell its manager."""
        evidence = "Inloggningen har misslyckats sedan kl. 08.30, tolv gånger i rad."
        with self.database.write() as connection:
            finding = open_finding(
                connection, organisation, AccountId(account), FindingKind.unreachable, evidence, NOW
            )  # fmt: skip
            intent = Outgoing(
                kind=OutgoingKind.alert, organisation=organisation, account=AccountId(account), channel=Channel.email,
                recipient="kim.chef@exempelby.example", template="unreachable", language="sv", slots={},
            )  # fmt: skip
            outgoing = add_outgoing(
                connection,
                intent,
                _draft(f"a{finding}", ALERT, "Kontot Gata och park kan inte läsas"),
                at=NOW,
                finding=finding,
            )
        assert finding is not None
        assert outgoing is not None
        return finding, outgoing


TEXTS = {
    "sv": "Hej!\n\nDitt meddelande kom fram. Du får svar senast onsdag 25 november kl. 16.30.",
    "fi": "Hei!\n\nViestisi saapui perille. Saat vastauksen viimeistään keskiviikkona 25.11. klo 16.30.",
}
ALERT = "Hej Kim!\n\nKontot Gata och park kan inte läsas sedan kl. 08.30.\n\nSå gör du: byt lösenord i Entra."


def explained(**changes: Any) -> dict[str, Any]:
    """Return the explanation of an ordinary message, as `explain --json` prints it."""
    return {
        "language": "sv",
        "category": "gata",
        "score": 8.5,
        "type": "report",
        "urgency": "U2",
        "secrecy": "SK0",
        "unit": "gata",
        "automatic_reply": {"send": True, "reasons": [{"row": "3.3/45", "matched": "no other row applies"}]},
        "rules": [{"id": "gata-standard", "hit": True, "matched": ["category gata"], "failed": ""}],
        "matched": [{"found": "hål i vägen", "pattern": "hål i vägen", "score": 3.0}],
        "others": [["fara", 1.2]],
        "steps": ["Arrived on Tuesday at 09:12.", "One working day ends on Wednesday at 16:30."],
        **changes,
    }


def withheld(row: str = "3.3/13", matched: str = "Auto-Submitted: auto-replied") -> dict[str, Any]:
    """Return the explanation of a message that got no automatic reply."""
    return explained(automatic_reply={"send": False, "reasons": [{"row": row, "matched": matched}]})


def attachment() -> Attachment:
    """Return a picture."""
    return Attachment(name="bild.jpg", media_type="image/jpeg", size_bytes=1_234_567)


def _new_ticket(organisation: OrganisationId, account: AccountId) -> NewTicket:
    return NewTicket(
        organisation=organisation, unit=UnitId("gata"), account=account, channel=Channel.email, queue=Queue.normal,
        needs_a_look=False, look_reason="", category=CategoryId("gata"), language="sv", urgency=Urgency.U2,
        secrecy=Secrecy.SK0, danger=False, subject="Hål i vägen", sender_name="Anna Exempel",
        sender_address="anna@example.se", arrived_at=NOW - timedelta(minutes=1), opened_at=NOW,
        notice_due_at=NOW + timedelta(minutes=12), answer_due_at=NOW + timedelta(days=1, hours=7, minutes=18),
        calendar="1",
    )  # fmt: skip


def _receipt(language: str, shadow: bool) -> Outgoing:
    return Outgoing(
        kind=OutgoingKind.receipt, organisation=TOWN, account=AccountId("kontaktcenter"), channel=Channel.email,
        recipient="anna@example.se", template="receipt", language=language, slots={}, shadow=shadow,
    )  # fmt: skip


def _draft(key: str, text: str, subject: str = "Automatiskt svar från Exempelby kommun") -> Draft:
    return Draft(
        message_id=f"<{key}@exempelby.example>", sender="Exempelby <kontaktcenter@exempelby.example>",
        envelope_sender="", subject=subject, text=text, headers=(),
        template_version="1",
    )  # fmt: skip
