"""What a person's answer hangs on: the thread it continues, and who answered last."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.ids import OutgoingId, TicketId
from domain.outgoing import OutgoingKind
from domain.viewer import Viewer
from store.merges import in_ticket
from store.reply_history import NEVER_WENT
from store.schema import attached_files, messages, outgoing, tickets
from store.statements import in_parts
from store.visibility import sees_about


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestAnswer:
    """The newest answer that a person wrote in a ticket."""

    id: OutgoingId
    author: str
    at: datetime


def hold_ticket(connection: sa.Connection, ticket: TicketId) -> None:
    """Let nobody else answer the ticket before this transaction ends."""
    hold_tickets(connection, [ticket])


def hold_tickets(connection: sa.Connection, ids: Collection[TicketId]) -> None:
    """Let nobody else change these tickets before this transaction ends; taken in one order by everybody."""
    for some in in_parts(sorted(ids)):
        connection.execute(
            sa.select(tickets.c.id).where(tickets.c.id.in_(some)).order_by(tickets.c.id).with_for_update()
        )


def find_latest_answer(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> LatestAnswer | None:
    """Return the newest answer in a ticket that went or may yet go; None: nobody has answered."""
    query = (
        sa.select(outgoing.c.id, outgoing.c.author, outgoing.c.created_at)
        .where(
            in_ticket(outgoing.c.ticket_id, ticket),
            outgoing.c.kind == OutgoingKind.answer,
            outgoing.c.state.not_in(NEVER_WENT),
            sees_about(viewer, outgoing),
        )
        .order_by(outgoing.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else LatestAnswer(id=OutgoingId(row[0]), author=row[1] or "", at=row[2])


def list_thread(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> tuple[tuple[str, bool], ...]:
    """Return the Message-IDs of a ticket's conversation, oldest first, each with whether it came from outside."""
    came = sa.select(messages.c.message_id, messages.c.arrived_at.label("at"), sa.literal(1).label("came")).where(
        in_ticket(messages.c.ticket_id, ticket), messages.c.message_id.is_not(None), sees_about(viewer, messages)
    )
    sent_at = sa.func.coalesce(outgoing.c.sent_at, outgoing.c.created_at)
    went = sa.select(outgoing.c.message_id, sent_at, sa.literal(0)).where(
        in_ticket(outgoing.c.ticket_id, ticket), outgoing.c.state.not_in(NEVER_WENT), sees_about(viewer, outgoing)
    )
    thread = sa.union_all(came, went).subquery()
    query = sa.select(thread.c.message_id, thread.c.came).order_by(thread.c.at)
    return tuple((message_id, bool(from_outside)) for message_id, from_outside in connection.execute(query))


def list_file_names(
    connection: sa.Connection, viewer: Viewer, ticket: TicketId
) -> dict[OutgoingId, tuple[tuple[str, int], ...]]:
    """Return name and size in bytes of the files that went with a ticket's answers, in order, by answer."""
    query = (
        sa.select(attached_files.c.outgoing_id, attached_files.c.name, attached_files.c.size_bytes)
        .join(outgoing, outgoing.c.id == attached_files.c.outgoing_id)
        .where(in_ticket(outgoing.c.ticket_id, ticket), sees_about(viewer, outgoing))
        .order_by(attached_files.c.outgoing_id, attached_files.c.position)
    )
    files: dict[OutgoingId, tuple[tuple[str, int], ...]] = {}
    for id, name, size_bytes in connection.execute(query):
        files[id] = (*files.get(id, ()), (name, size_bytes))
    return files
