"""Late: open tickets past the time that was promised, counted by unit."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from domain.alerting import Late
from domain.category import Secrecy
from domain.ids import UnitId
from domain.ticket import TicketStatus
from domain.viewer import Viewer
from store.schema import tickets
from store.visibility import sees_ticket


def count_late(
    connection: sa.Connection, viewer: Viewer, units: Collection[UnitId], due_before: datetime, *, sensitive: bool
) -> dict[UnitId, Late]:
    """Return the units that have open tickets due before then; `sensitive`: those of the compartment count too."""
    due = tickets.c.next_due_at
    conditions = [
        sees_ticket(viewer), tickets.c.status == TicketStatus.open, due < due_before,
        tickets.c.unit_id.in_(sorted(units)),
    ]  # fmt: skip
    if not sensitive:
        conditions.append(tickets.c.secrecy != Secrecy.SK2)
    query = (
        sa.select(tickets.c.unit_id, sa.func.count(), sa.func.min(due), sa.func.max(due))
        .where(*conditions)
        .group_by(tickets.c.unit_id)
    )
    return {
        unit: Late(unit=unit, count=count, oldest_due_at=oldest, newest_due_at=newest)
        for unit, count, oldest, newest in connection.execute(query)
    }
