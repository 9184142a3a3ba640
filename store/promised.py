"""Promised: open tickets with a clock that runs, read through in order."""

from collections.abc import Collection
from functools import lru_cache

import sqlalchemy as sa

from domain.ids import TicketId
from domain.outgoing import AUTOMATIC_REPLIES
from domain.ticket import Ticket, TicketStatus
from domain.viewer import Viewer
from store.reply_history import NEVER_WENT
from store.schema import outgoing, tickets
from store.statements import in_parts, is_among
from store.tickets import find_tickets
from store.visibility import sees_about, sees_content


def count_promised(connection: sa.Connection, viewer: Viewer, *, after: TicketId | None = None) -> int:
    """Return how many open tickets have a clock that runs; `after`: only those of a higher number."""
    query = sa.select(sa.func.count()).select_from(tickets).where(*_promised(viewer), tickets.c.id > (after or 0))
    return connection.scalar(query) or 0


def list_promised(
    connection: sa.Connection, viewer: Viewer, *, after: TicketId | None = None, limit: int = 200
) -> tuple[Ticket, ...]:
    """Return open tickets with a clock that runs, oldest row first; `after`: only those of a higher number."""
    query = sa.select(tickets.c.id).where(*_promised(viewer), tickets.c.id > (after or 0))
    ids = connection.scalars(query.order_by(tickets.c.id).limit(limit)).all()
    found = find_tickets(connection, viewer, ids)
    return tuple(found[id] for id in ids if id in found)


def find_told(connection: sa.Connection, viewer: Viewer, ids: Collection[TicketId]) -> frozenset[TicketId]:
    """Return those of the tickets whose citizen an automatic reply has told a time, or is about to."""
    told: set[TicketId] = set()
    for some in in_parts(sorted(ids)):
        query = sa.select(outgoing.c.ticket_id).where(
            outgoing.c.ticket_id.in_(some),
            outgoing.c.kind.in_(sorted(AUTOMATIC_REPLIES)),
            outgoing.c.state.not_in(NEVER_WENT),
            sees_about(viewer, outgoing),
        )
        told.update(connection.scalars(query))
    return frozenset(told)


def find_promised(connection: sa.Connection, viewer: Viewer, ids: Collection[TicketId]) -> frozenset[TicketId]:
    """Return those of the tickets for which an answer was promised, whether or not it has been given."""
    found: set[TicketId] = set()
    for some in in_parts(sorted(ids)):
        found.update(connection.scalars(_promised_of(viewer), {"tickets": some}))
    return frozenset(found)


@lru_cache(maxsize=64)
def _promised_of(viewer: Viewer) -> sa.Select[TicketId]:
    own = (is_among(tickets.c.id, "tickets"), tickets.c.answer_due_at.is_not(None), sees_content(viewer))
    return sa.select(tickets.c.id).where(*own)


def _promised(viewer: Viewer) -> tuple[sa.ColumnElement[bool], ...]:
    return (tickets.c.status == TicketStatus.open, tickets.c.next_due_at.is_not(None), sees_content(viewer))
