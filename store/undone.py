"""Undone sends: what a person takes back before a worker has claimed it."""

from dataclasses import dataclass
from math import ceil

import sqlalchemy as sa

from domain.ids import OutgoingId, TicketId, UserId
from domain.outgoing import OutgoingKind, SendState
from domain.viewer import Viewer
from store.database import database_now
from store.merges import in_ticket
from store.schema import outgoing
from store.sent import StoredOutgoing, stored
from store.visibility import sees_about

#: What a person wrote, and may take back.
BY_PEOPLE = (OutgoingKind.answer, OutgoingKind.forwarded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a person has put into the outbox."""

    outgoing: StoredOutgoing
    #: Who; None: it is not known.
    user: UserId | None
    #: Their own words, without the signature.
    text: str


def get_written(connection: sa.Connection, viewer: Viewer, id: OutgoingId) -> Written:
    """Return what a person has put into the outbox.

    Raises:
        KeyError: there is none of that number that the viewer may see, or a machine wrote it.
    """
    query = sa.select(outgoing).where(outgoing.c.id == id, outgoing.c.kind.in_(BY_PEOPLE), sees_about(viewer, outgoing))
    row = connection.execute(query).mappings().first()
    if row is None:
        raise KeyError(id)
    slots: dict[str, str] = row["slots"]
    return Written(
        outgoing=stored(row),
        user=UserId(int(slots["user"])) if "user" in slots else None,
        text=row["text"][: int(slots.get("written_chars", len(row["text"])))],
    )


def list_waiting(
    connection: sa.Connection, viewer: Viewer, ticket: TicketId, user: UserId
) -> dict[OutgoingId, int]:  # fmt: skip
    """Return what a user has put into the outbox and may still take back, with the seconds until it may go."""
    query = sa.select(outgoing.c.id, outgoing.c.next_try_at, outgoing.c.slots).where(
        in_ticket(outgoing.c.ticket_id, ticket),
        outgoing.c.kind.in_(BY_PEOPLE),
        outgoing.c.state == SendState.queued,
        sees_about(viewer, outgoing),
    )
    waiting = [row for row in connection.execute(query) if row.slots.get("user") == str(user)]
    now = database_now(connection) if waiting else None
    return {
        OutgoingId(row.id): max(0, ceil((row.next_try_at - now).total_seconds())) if row.next_try_at and now else 0
        for row in waiting
    }


def put_undone(connection: sa.Connection, id: OutgoingId, why: str) -> bool:
    """Take a send back; return False when a worker holds it already, or it has gone."""
    still = (outgoing.c.id == id, outgoing.c.state == SendState.queued)
    return connection.execute(outgoing.update().where(*still).values(state=SendState.cancelled, why=why)).rowcount == 1
