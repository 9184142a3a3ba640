"""Counts of a unit's tickets that its manager hears of: how many, and nothing of what they are about."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from domain.category import Secrecy
from domain.ids import CategoryId, OrganisationId, UnitId
from domain.ticket import TicketStatus
from domain.viewer import Viewer
from store.schema import tickets
from store.visibility import sees_ticket

#: No promise reaches further than this: what arrived before is not looked through.
LONGEST_PROMISE = timedelta(days=120)

#: By unit: how many, and when the newest of them arrived or fell due; aware UTC.
Counts = dict[UnitId, tuple[int, datetime]]


def count_unanswered(
    connection: sa.Connection, viewer: Viewer, organisation: OrganisationId, arrived_before: datetime, *,
    language: str = "", category: CategoryId | None = None, sensitive: bool = False,
) -> Counts:  # fmt: skip
    """Return how many tickets that arrived before an instant wait for a person's answer; of one language or category.

    `sensitive`: those of the compartment count too.
    """
    conditions = [
        sees_ticket(viewer), tickets.c.organisation_id == organisation, tickets.c.status == TicketStatus.open,
        tickets.c.answer_met_at.is_(None), tickets.c.answer_due_at.is_not(None),
        tickets.c.arrived_at < arrived_before, *([] if sensitive else [tickets.c.secrecy != Secrecy.SK2]),
    ]  # fmt: skip
    if language:
        conditions.append(tickets.c.language == language)
    if category is not None:
        conditions.append(tickets.c.category == category)
    return _by_unit(connection, conditions, tickets.c.arrived_at)


def count_broken(
    connection: sa.Connection, viewer: Viewer, organisation: OrganisationId, since: datetime, until: datetime, *,
    sensitive: bool = False,
) -> Counts:  # fmt: skip
    """Return how many answers fell due between two instants and were not given by then; by what was promised first."""
    due = sa.func.coalesce(tickets.c.first_answer_due_at, tickets.c.answer_due_at, type_=tickets.c.answer_due_at.type)
    at = sa.func.coalesce(tickets.c.first_answered_at, tickets.c.answer_met_at, type_=tickets.c.answer_met_at.type)
    conditions = [
        sees_ticket(viewer), tickets.c.organisation_id == organisation,
        tickets.c.arrived_at >= since - LONGEST_PROMISE, due >= since, due < until,
        # What was closed without an answer was owed none.
        sa.or_(at > due, sa.and_(at.is_(None), tickets.c.status == TicketStatus.open)),
        *([] if sensitive else [tickets.c.secrecy != Secrecy.SK2]),
    ]  # fmt: skip
    return _by_unit(connection, conditions, due)


def _by_unit(
    connection: sa.Connection, conditions: list[sa.ColumnElement[bool]], at: sa.ColumnElement[datetime]
) -> Counts:
    newest = sa.func.max(at, type_=at.type)
    query = sa.select(tickets.c.unit_id, sa.func.count(), newest).where(*conditions).group_by(tickets.c.unit_id)
    return {unit: (count, newest_at) for unit, count, newest_at in connection.execute(query)}
