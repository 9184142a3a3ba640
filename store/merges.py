"""Merges: tickets that are one. No message is moved: the second shows those of the first beside its own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.clocks import Clocks
from domain.ids import MessageId, OrganisationId, TicketId
from domain.viewer import Viewer
from store.schema import merges, messages, outgoing
from store.statements import in_parts
from store.visibility import sees_about


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """One ticket that is shown within another."""

    ticket: TicketId
    into: TicketId
    organisation: OrganisationId
    at: datetime
    by: str
    #: What the second promised before.
    was_notice_due_at: datetime | None
    was_answer_due_at: datetime | None
    #: What it promised from then on.
    notice_due_at: datetime | None
    answer_due_at: datetime | None


def in_ticket(column: sa.ColumnElement[Any], ticket: TicketId) -> sa.ColumnElement[bool]:
    """Return the condition that a row belongs to a ticket, or to one that is merged into it."""
    merged = sa.select(merges.c.ticket_id).where(merges.c.into_id == ticket, merges.c.undone_at.is_(None))
    return column.in_(sa.union_all(sa.select(sa.literal(ticket, sa.BigInteger)), merged))


def add_merge(connection: sa.Connection, merge: Merge, before: Clocks, after: Clocks) -> None:
    """Let a ticket be shown within another; `before` and `after` are the clocks of the other."""
    connection.execute(
        merges.insert().values(
            organisation_id=merge.organisation, ticket_id=merge.ticket, into_id=merge.into, at=merge.at, by=merge.by,
            was_notice_due_at=before.notice_due_at, was_answer_due_at=before.answer_due_at,
            notice_due_at=after.notice_due_at, answer_due_at=after.answer_due_at,
        )
    )  # fmt: skip


def end_merge(connection: sa.Connection, ticket: TicketId, into: TicketId, at: datetime) -> bool:
    """Take a merged ticket apart, once; return whether it was merged."""
    still = (merges.c.ticket_id == ticket, merges.c.into_id == into, merges.c.undone_at.is_(None))
    return connection.execute(merges.update().where(*still).values(undone_at=at)).rowcount == 1


def find_merge(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> Merge | None:
    """Return into what a ticket is merged; None: into nothing, or the viewer may not see it."""
    query = sa.select(merges).where(
        merges.c.ticket_id == ticket, merges.c.undone_at.is_(None), sees_about(viewer, merges)
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else _merge(row)


def list_merged(connection: sa.Connection, viewer: Viewer, into: TicketId) -> tuple[Merge, ...]:
    """Return what is merged into a ticket, oldest first; nothing of what the viewer may not see."""
    query = (
        sa.select(merges)
        .where(merges.c.into_id == into, merges.c.undone_at.is_(None), sees_about(viewer, merges))
        .order_by(merges.c.id)
    )
    return tuple(_merge(row) for row in connection.execute(query).mappings())


def find_into(connection: sa.Connection, viewer: Viewer, ids: Collection[TicketId]) -> dict[TicketId, TicketId]:
    """Return into which ticket each of these is merged; those that stand alone are left out."""
    found: dict[TicketId, TicketId] = {}
    for some in in_parts(sorted(ids)):
        query = sa.select(merges.c.ticket_id, merges.c.into_id).where(
            merges.c.ticket_id.in_(some), merges.c.undone_at.is_(None), sees_about(viewer, merges)
        )
        found |= {TicketId(ticket): TicketId(into) for ticket, into in connection.execute(query)}
    return found


def put_elsewhere(connection: sa.Connection, message: MessageId, ticket: TicketId, to: TicketId) -> bool:
    """Move a message and what answered it automatically to another ticket; return whether it stood in the first."""
    still = (messages.c.id == message, messages.c.ticket_id == ticket)
    moved = connection.execute(messages.update().where(*still).values(ticket_id=to)).rowcount == 1
    if moved:
        answers = (outgoing.c.message_row == message, outgoing.c.ticket_id == ticket)
        connection.execute(outgoing.update().where(*answers).values(ticket_id=to))
    return moved


def _merge(row: sa.RowMapping) -> Merge:
    return Merge(
        ticket=row["ticket_id"], into=row["into_id"], organisation=row["organisation_id"], at=row["at"], by=row["by"],
        was_notice_due_at=row["was_notice_due_at"], was_answer_due_at=row["was_answer_due_at"],
        notice_due_at=row["notice_due_at"], answer_due_at=row["answer_due_at"],
    )  # fmt: skip
