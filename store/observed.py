"""Observed tickets: outside the queue, open and closed by what people do in their mailbox."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from domain.ids import MessageId, TicketId
from domain.ticket import Ticket, TicketStatus
from domain.viewer import Viewer
from store.schema import messages, tickets
from store.statements import in_parts
from store.tickets import find_tickets
from store.visibility import sees_message


def list_tickets_of(connection: sa.Connection, viewer: Viewer, about: Collection[MessageId]) -> tuple[Ticket, ...]:
    """Return the tickets that these messages belong to, in one order for all that may wait for them."""
    found: set[TicketId] = set()
    for some in in_parts(sorted(about)):
        query = sa.select(messages.c.ticket_id).where(messages.c.id.in_(some), sees_message(viewer))
        found |= {TicketId(id) for id in connection.scalars(query) if id is not None}
    return tuple(ticket for _, ticket in sorted(find_tickets(connection, viewer, found).items()))


def list_messages_of(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> tuple[MessageId, ...]:
    """Return the messages of a ticket that are in its own account, oldest first."""
    query = (
        sa.select(messages.c.id)
        .where(messages.c.ticket_id == ticket, sees_message(viewer))
        .order_by(messages.c.id)
    )  # fmt: skip
    return tuple(MessageId(id) for id in connection.scalars(query))


def close_observed(connection: sa.Connection, ticket: TicketId, at: datetime) -> bool:
    """Close an observed ticket, once; return whether it was open. Its clocks stay as they are."""
    open_one = (tickets.c.id == ticket, tickets.c.observed.is_(True), tickets.c.status == TicketStatus.open)
    values = {"status": TicketStatus.closed, "closed_at": at}
    return connection.execute(tickets.update().where(*open_one).values(values)).rowcount == 1
