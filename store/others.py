"""Others: what else somebody has written to the organisation."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.ids import AccountId, TicketId
from domain.ticket import TicketStatus
from domain.viewer import Viewer
from store.columns import as_key
from store.schema import tickets
from store.visibility import sees_content

#: More would not be read.
MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTicket:
    """Another ticket of the same sender."""

    id: TicketId
    number: str
    subject: str
    arrived_at: datetime
    status: TicketStatus


def list_others(
    connection: sa.Connection, viewer: Viewer, sender: str, *, not_this: TicketId, accounts: Collection[AccountId]
) -> tuple[OtherTicket, ...]:
    """Return the newest other tickets of a sender, by address, number or id; none that the viewer may not see."""
    query = (
        sa.select(tickets.c.id, tickets.c.number, tickets.c.subject, tickets.c.arrived_at, tickets.c.status)
        .where(
            tickets.c.account_id.in_(sorted(accounts)), tickets.c.sender_key == as_key(sender.lower()),
            tickets.c.sender_key != "", tickets.c.id != not_this, sees_content(viewer),
        )
        .order_by(tickets.c.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return tuple(
        OtherTicket(
            id=row["id"], number=row["number"], subject=row["subject"], arrived_at=row["arrived_at"],
            status=TicketStatus(row["status"]),
        )
        for row in connection.execute(query).mappings()
    )  # fmt: skip
