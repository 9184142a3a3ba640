"""Notices: how many were owed to citizens, and how many came in time."""

from datetime import datetime

import sqlalchemy as sa

from domain.viewer import Viewer
from store.schema import tickets
from store.visibility import sees_ticket


def count_notices(connection: sa.Connection, viewer: Viewer, since: datetime, now: datetime) -> tuple[int, int]:
    """Return how many notices fell due or were given for tickets that arrived since then, and how many in time."""
    owed = sa.or_(tickets.c.notice_met_at.is_not(None), tickets.c.notice_due_at < now)
    in_time = tickets.c.notice_met_at <= tickets.c.notice_due_at
    query = sa.select(sa.func.count(), sa.func.count(sa.case((in_time, 1)))).where(
        sees_ticket(viewer), tickets.c.notice_due_at.is_not(None), tickets.c.arrived_at >= since, owed
    )
    owed_count, in_time_count = connection.execute(query).one()
    return owed_count, in_time_count
