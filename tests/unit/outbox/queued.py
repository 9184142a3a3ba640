"""Rows of the outbox for tests: every field defaulted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count

import sqlalchemy as sa

from domain.account import Channel
from domain.category import Secrecy, Urgency
from domain.decision import Queue
from domain.ids import AccountId, CategoryId, OrganisationId, OutgoingId, TicketId
from domain.outgoing import Outgoing, OutgoingKind, SendState
from store.database import Connection, Database
from store.new_tickets import NewTicket, open_ticket
from store.outgoing import Draft, add_outgoing
from store.schema import events, outgoing
from store.sending import ToSend, claim_to_send
from tests.builders import TUESDAY, account

WORKER = "worker-1"
MAILBOX = "kontaktcenter@exempelby.example"
_numbers = count(1)


def queue(
    connection: Connection,
    *,
    recipient: str = "anna@example.se",
    kind: OutgoingKind = OutgoingKind.receipt,
    template: str = "receipt",
    slots: Mapping[str, str] | None = None,
    at: datetime = TUESDAY,
    ticket: TicketId | None = None,
    mailbox: str = MAILBOX,
) -> OutgoingId:
    """Put a message into the outbox."""
    intent = Outgoing(
        kind=kind, organisation=OrganisationId("exempelby"), account=AccountId("kontaktcenter"), channel=Channel.email,
        recipient=recipient, template=template, language="sv", slots=slots or {},
    )  # fmt: skip
    draft = Draft(
        message_id=f"<svarsvakt.{next(_numbers)}@exempelby.example>", sender=f"Kontaktcenter <{mailbox}>",
        envelope_sender="", subject="Vi har tagit emot", text="Hej!\n", headers=(), template_version="1",
    )  # fmt: skip
    id = add_outgoing(connection, intent, draft, at=at, ticket=ticket)
    assert id is not None
    return id


def queued(database: Database, *, worker: str = WORKER, **fields: object) -> ToSend:
    """Put a message into the outbox and claim it."""
    with database.write() as connection:
        id = queue(connection, **fields)  # type: ignore[arg-type]
        claimed = {each.rendered.id: each for each in claim_to_send(connection, worker)}
    return claimed[id]


def ticket_with_clocks(database: Database) -> TicketId:
    """Open a ticket whose clocks both run."""
    owner = account()
    new = NewTicket(
        organisation=owner.organisation, unit=owner.unit, account=owner.id, channel=owner.channel, queue=Queue.normal,
        needs_a_look=False, look_reason="", category=CategoryId("gata"), language="sv", urgency=Urgency.U2,
        secrecy=Secrecy.SK0, danger=False, subject="", sender_name="", sender_address="", arrived_at=TUESDAY,
        opened_at=TUESDAY, notice_due_at=TUESDAY + timedelta(hours=1), answer_due_at=TUESDAY + timedelta(days=1),
        calendar="",
    )  # fmt: skip
    with database.write() as connection:
        return open_ticket(connection, new)[0]


def row_of(database: Database, id: OutgoingId) -> sa.RowMapping:
    """Return the whole row."""
    with database.read() as connection:
        return connection.execute(sa.select(outgoing).where(outgoing.c.id == id)).mappings().one()


def state_of(database: Database, to_send: ToSend) -> SendState:
    """Return how far a message got."""
    return SendState(row_of(database, to_send.rendered.id)["state"])


def steal(database: Database, to_send: ToSend, thief: str = "worker-2") -> None:
    """Let another worker take the message over, as after a lease that ran out."""
    with database.write() as connection:
        connection.execute(outgoing.update().where(outgoing.c.id == to_send.rendered.id).values(claimed_by=thief))


def kinds_of_events(database: Database) -> list[str]:
    """Return what the log says, oldest first."""
    with database.read() as connection:
        return list(connection.scalars(sa.select(events.c.kind).order_by(events.c.id)))
