"""Forwards: what was sent on to somebody else, and whether they have answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.ids import OrganisationId, OutgoingId, TicketId
from domain.ticket import TicketStatus
from domain.viewer import Viewer
from store.schema import forwards, messages, tickets
from store.visibility import sees_about


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Something that was sent on."""

    ticket: TicketId
    organisation: OrganisationId
    #: None: to a unit of ours, which works in the same ticket.
    outgoing: OutgoingId | None
    #: The address in lower case, or the unit.
    sent_to: str
    at: datetime
    by: str
    #: By when an answer was asked for.
    due_at: datetime
    #: None: nobody has answered.
    answered_at: datetime | None = None
    id: int = 0


def add_forward(connection: sa.Connection, forward: Forward) -> None:
    """Note that something was sent on."""
    connection.execute(
        forwards.insert().values(
            organisation_id=forward.organisation, ticket_id=forward.ticket, outgoing_id=forward.outgoing,
            sent_to=forward.sent_to, at=forward.at, by=forward.by, due_at=forward.due_at,
        )
    )  # fmt: skip


def drop_forward(connection: sa.Connection, outgoing: OutgoingId) -> None:
    """Forget a forward that never went."""
    connection.execute(forwards.delete().where(forwards.c.outgoing_id == outgoing))


def mark_forward_answered(connection: sa.Connection, ticket: TicketId, id: int, at: datetime) -> bool:
    """Note that somebody has answered in another way, once; return whether nobody had."""
    still = (forwards.c.id == id, forwards.c.ticket_id == ticket, forwards.c.answered_at.is_(None))
    return connection.execute(forwards.update().where(*still).values(answered_at=at)).rowcount == 1


def mark_reminded(connection: sa.Connection, id: int, at: datetime) -> bool:
    """Note that it was said that nobody has answered, once; return whether it had not been."""
    still = (forwards.c.id == id, forwards.c.reminded_at.is_(None))
    return connection.execute(forwards.update().where(*still).values(reminded_at=at)).rowcount == 1


def list_forwards(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> tuple[Forward, ...]:
    """Return to whom a ticket was sent on, oldest first."""
    query = _forwards(viewer).where(forwards.c.ticket_id == ticket).order_by(forwards.c.id)
    return tuple(_forward(row) for row in connection.execute(query).mappings())


def find_unanswered(connection: sa.Connection, viewer: Viewer, now: datetime) -> tuple[Forward, ...]:
    """Return what nobody has answered in time and nobody was reminded of, of open tickets, oldest first."""
    query = (
        _forwards(viewer)
        .join(tickets, tickets.c.id == forwards.c.ticket_id)
        .where(
            forwards.c.due_at < now, forwards.c.answered_at.is_(None), forwards.c.reminded_at.is_(None),
            tickets.c.status == TicketStatus.open,
        )
        .order_by(forwards.c.id)
        .limit(200)
    )  # fmt: skip
    found = (_forward(row) for row in connection.execute(query).mappings())
    return tuple(each for each in found if each.answered_at is None)


def _forwards(viewer: Viewer) -> sa.Select[Any]:
    """Return the forwards with when they were answered: as a person said, else by what came from there."""
    came = (
        sa.select(sa.func.min(messages.c.arrived_at))
        .where(
            messages.c.ticket_id == forwards.c.ticket_id,
            sa.func.lower(messages.c.sender_address) == forwards.c.sent_to,
            messages.c.arrived_at > forwards.c.at,
        )
        .correlate(forwards)
        .scalar_subquery()
    )
    of_unit = (
        sa.select(tickets.c.answer_met_at)
        .where(
            tickets.c.id == forwards.c.ticket_id,
            forwards.c.outgoing_id.is_(None),
            tickets.c.answer_met_at > forwards.c.at,
        )
        .correlate(forwards)
        .scalar_subquery()
    )
    answered_at = sa.func.coalesce(forwards.c.answered_at, came, of_unit, type_=forwards.c.answered_at.type)
    columns = [column for column in forwards.c if column.name != "answered_at"]
    return sa.select(*columns, answered_at.label("answered_at")).where(sees_about(viewer, forwards))


def _forward(row: sa.RowMapping) -> Forward:
    return Forward(
        id=row["id"], ticket=row["ticket_id"], organisation=row["organisation_id"], outgoing=row["outgoing_id"],
        sent_to=row["sent_to"], at=row["at"], by=row["by"], due_at=row["due_at"], answered_at=row["answered_at"],
    )  # fmt: skip
