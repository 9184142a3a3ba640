"""Rows for the tests of the store: tickets with their messages and automatic replies, every field defaulted."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from domain.account import Account, Channel
from domain.category import Secrecy, Urgency
from domain.decision import Queue
from domain.ids import AccountId, CategoryId, Digest, MessageId, OrganisationId, OutgoingId, TicketId, UnitId, UserId
from domain.message import Arrival, Fate, Mailbox
from domain.outgoing import Outgoing, OutgoingKind
from domain.viewer import Role, Scope, Viewer
from store import events
from store.database import Connection, Database
from store.letters import claim_letters
from store.messages import DecidedMessage, add_arrivals, mark_decided
from store.new_tickets import NewTicket, open_ticket
from store.outgoing import Draft, add_outgoing
from store.waiting import Waiting, claim_waiting
from tests import builders
from tests.builders import TUESDAY

TOWN = OrganisationId("exempelby")
WATER = OrganisationId("vatten")
STREET = UnitId("gata")
SOCIAL = UnitId("social")

Answer = TypeVar("Answer")


def person(*units: str, organisation: OrganisationId = TOWN, roles: Iterable[Role] = ()) -> Viewer:
    """Return what somebody of these units reads with."""
    return Viewer(
        scope=Scope.person,
        organisation=organisation,
        user=UserId(1),
        units=frozenset(UnitId(unit) for unit in units),
        roles=frozenset(roles),
    )


def account(**changes: Any) -> Account:
    """Return an account of the town."""
    return builders.account(**changes)


def arrival(number: int = 1, **changes: Any) -> Arrival:
    """Return a mail that says its number."""
    base = Arrival(
        identity=f"INBOX/1/{number}",
        original=f"From: anna@example.se\r\nSubject: Brev {number}\r\n\r\nHej {number}\r\n".encode(),
        media_type="message/rfc822",
        provider_at=TUESDAY,
    )
    return replace(base, **changes)


def arrivals(count: int) -> list[Arrival]:
    """Return as many different mails."""
    return [arrival(number) for number in range(1, count + 1)]


def new_ticket(**changes: Any) -> NewTicket:
    """Return what an ordinary ticket of the street unit is opened with."""
    base = NewTicket(
        organisation=TOWN,
        unit=STREET,
        account=AccountId("kontaktcenter"),
        channel=Channel.email,
        queue=Queue.normal,
        needs_a_look=False,
        look_reason="",
        category=CategoryId("gata"),
        language="sv",
        urgency=Urgency.U2,
        secrecy=Secrecy.SK0,
        danger=False,
        subject="Hål i vägen",
        sender_name="Anna Exempel",
        sender_address="anna@example.se",
        arrived_at=TUESDAY,
        opened_at=TUESDAY,
        notice_due_at=TUESDAY + timedelta(hours=1),
        answer_due_at=TUESDAY + timedelta(days=1),
        calendar="1",
    )
    return replace(base, **changes)


def receipt(**changes: Any) -> Outgoing:
    """Return the intent of an automatic reply."""
    base = Outgoing(
        kind=OutgoingKind.receipt,
        organisation=TOWN,
        account=AccountId("kontaktcenter"),
        channel=Channel.email,
        recipient="anna@example.se",
        template="receipt",
        language="sv",
        slots={},
    )
    return replace(base, **changes)


def alert(**changes: Any) -> Outgoing:
    """Return the intent of an alert to a manager."""
    base = receipt(kind=OutgoingKind.alert, recipient="kim.chef@exempelby.example", template="unreachable")
    return replace(base, **changes)


def draft(key: str, **changes: Any) -> Draft:
    """Return the exact text of an outgoing message."""
    base = Draft(
        message_id=f"<{key}@exempelby.example>",
        sender="Exempelby <kontaktcenter@exempelby.example>",
        envelope_sender="",
        subject="Automatiskt svar",
        text="Hej! Ditt meddelande kom fram.",
        headers=(("Auto-Submitted", "auto-replied"),),
        template_version="1",
    )
    return replace(base, **changes)


def queue_outgoing(connection: Connection, key: str, **changes: Any) -> OutgoingId:
    """Put an automatic reply that answers no message into the outbox."""
    id = add_outgoing(connection, receipt(**changes), draft(key), at=TUESDAY)
    assert id is not None
    return id


def decide(
    connection: Connection,
    waiting: Waiting,
    worker: str = "w",
    *,
    ticket: TicketId | None = None,
    outgoing: OutgoingId | None = None,
    fate: Fate = Fate.ticket,
    **changes: Any,
) -> bool:
    """Write a decision for a claimed message; `changes` are of the message."""
    decided = DecidedMessage(
        id=waiting.id,
        fate=fate,
        message=builders.message(**changes),
        letter=Digest(f"{waiting.id:064d}"),
        ticket=ticket,
        outgoing=outgoing,
        explanation={"automatic_reply": {"send": True, "reasons": []}},
    )
    return mark_decided(connection, [decided], worker, at=TUESDAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A ticket with everything that belongs to it."""

    organisation: OrganisationId
    account: AccountId
    ticket: TicketId
    number: str
    message: MessageId
    message_id: str
    original: bytes
    digest: Digest
    reply: OutgoingId
    reply_id: str
    recipient: str
    due_at: datetime


def put_case(database: Database, key: str, **changes: Any) -> Case:
    """Let a mail arrive, open a ticket for it and send an automatic reply; `changes` are of the ticket."""
    new = new_ticket(
        account=AccountId(f"konto-{key}"), sender_address=f"{key}@example.se", subject=f"Om {key}", **changes
    )
    where = account(id=new.account, organisation=new.organisation, unit=new.unit)
    brought = arrival(identity=f"INBOX/1/{key}", original=f"Subject: Om {key}\r\n\r\nHej från {key}\r\n".encode())
    with database.write() as connection:
        add_arrivals(connection, where, [brought], TUESDAY)
        (waiting,) = claim_waiting(connection, key)
        claim_letters(connection, {(new.organisation, Digest(f"{waiting.id:064d}")): waiting.id})
        ticket, number = open_ticket(connection, new)
        decide(
            connection,
            waiting,
            key,
            ticket=ticket,
            subject=new.subject,
            message_id=f"<{key}@example.se>",
            sender=Mailbox(new.sender_address, new.sender_name),
        )
        reply = add_outgoing(
            connection,
            receipt(organisation=new.organisation, account=new.account, recipient=new.sender_address),
            draft(f"svar-{key}"),
            at=TUESDAY,
            ticket=ticket,
            message=waiting.id,
        )
        events.append(
            connection, "decided", at=TUESDAY, organisation=new.organisation, actor="decide", account=new.account,
            message=waiting.id, ticket=ticket,
        )  # fmt: skip
        assert reply is not None
    return Case(
        organisation=new.organisation,
        account=new.account,
        ticket=ticket,
        number=number,
        message=waiting.id,
        message_id=f"<{key}@example.se>",
        original=brought.original,
        digest=digest_of(database, waiting.id),
        reply=reply,
        reply_id=f"<svar-{key}@exempelby.example>",
        recipient=new.sender_address,
        due_at=new.notice_due_at or TUESDAY,
    )


def digest_of(database: Database, message: MessageId) -> Digest:
    """Return the digest of a message's original."""
    with database.read() as connection:
        row = connection.exec_driver_sql(f"SELECT digest FROM messages WHERE id = {int(message)}").one()
    return Digest(row[0])


def at_once(count: int, job: Callable[[int], Answer]) -> list[Answer]:
    """Run a job in as many threads and return what each gave; any error is raised here."""
    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(job, range(count)))


def sql(database: Database, statement: str) -> None:
    """Change the database behind the store's back."""
    with database.write() as connection:
        connection.exec_driver_sql(statement)
