"""Tags of tickets: the words that rules call them, to find them by."""

from collections.abc import Collection

import sqlalchemy as sa

from domain.ids import OrganisationId, TicketId
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import ticket_tags, tickets
from store.visibility import sees_content


def add_tags(connection: sa.Connection, organisation: OrganisationId, ticket: TicketId, tags: Collection[str]) -> None:
    """Give a ticket these tags beside those that it has."""
    for tag in tags:
        row = {"ticket_id": ticket, "tag": tag, "organisation_id": organisation}
        connection.execute(upsert(connection, ticket_tags).values(row).on_conflict_do_nothing())


def list_tags(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> tuple[str, ...]:
    """Return a ticket's tags by the alphabet; none when the viewer may not see its content."""
    query = (
        sa.select(ticket_tags.c.tag)
        .join(tickets, tickets.c.id == ticket_tags.c.ticket_id)
        .where(ticket_tags.c.ticket_id == ticket, sees_content(viewer))
        .order_by(ticket_tags.c.tag)
    )
    return tuple(connection.scalars(query))
