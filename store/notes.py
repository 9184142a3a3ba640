"""Notes: what staff write to each other in a ticket; kept as a record, never sent."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.ids import OrganisationId, TicketId
from domain.viewer import Viewer
from store.merges import in_ticket
from store.said_index import Said, put_said
from store.schema import notes
from store.visibility import sees_about


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note."""

    id: int
    #: The name that colleagues see.
    author: str
    at: datetime
    text: str


def add_note(
    connection: sa.Connection, organisation: OrganisationId, ticket: TicketId, *, author: str, text: str, at: datetime
) -> None:
    """Write a note, which can be found from now on."""
    row = notes.insert().values(organisation_id=organisation, ticket_id=ticket, author=author, text=text, at=at)
    id = connection.execute(row.returning(notes.c.id)).scalar_one()
    put_said(connection, Said.note, {id: text})


def list_notes(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> tuple[Note, ...]:
    """Return the notes of a ticket, oldest first; none when the viewer may not see what it is about."""
    query = (
        sa.select(notes.c.id, notes.c.author, notes.c.at, notes.c.text)
        .where(in_ticket(notes.c.ticket_id, ticket), sees_about(viewer, notes))
        .order_by(notes.c.id)
    )
    return tuple(Note(**row) for row in connection.execute(query).mappings())
