"""Sends that a person must settle: nobody knows whether they went (P8), or they were refused and nothing followed."""

from datetime import datetime

import sqlalchemy as sa

from domain.ids import AccountId, OutgoingId
from domain.outgoing import SendState
from domain.ticket import TicketStatus
from domain.viewer import Viewer
from store.schema import outgoing, tickets
from store.schema.outbox import REFUSED, UNCERTAIN
from store.sent import StoredOutgoing, stored
from store.visibility import sees_about


def list_uncertain(connection: sa.Connection, viewer: Viewer, *, limit: int = 200) -> tuple[StoredOutgoing, ...]:
    """Return the uncertain sends that the viewer may see, oldest first."""
    query = _uncertain(viewer).order_by(outgoing.c.id).limit(limit)
    return tuple(stored(row) for row in connection.execute(query).mappings())


def count_uncertain(connection: sa.Connection, viewer: Viewer, account: AccountId | None = None) -> int:
    """Return how many uncertain sends the viewer may see, of one account or of all."""
    query = sa.select(sa.func.count()).select_from(outgoing).where(sa.text(UNCERTAIN), sees_about(viewer, outgoing))
    return connection.scalar(query if account is None else query.where(outgoing.c.account_id == account)) or 0


def get_uncertain(connection: sa.Connection, viewer: Viewer, id: OutgoingId) -> StoredOutgoing:
    """Return an uncertain send. Raises KeyError when the viewer may see none of that number, or it is settled."""
    row = connection.execute(_uncertain(viewer).where(outgoing.c.id == id)).mappings().first()
    if row is None:
        raise KeyError(id)
    return stored(row)


def list_refused(connection: sa.Connection, viewer: Viewer, *, limit: int = 200) -> tuple[StoredOutgoing, ...]:
    """Return the refused sends of open tickets that nothing has gone out after, those that the viewer may see.

    Oldest first. What goes later in the ticket, and its end, settle them.
    """
    query = sa.select(outgoing).where(refused(viewer)).order_by(outgoing.c.id).limit(limit)
    return tuple(stored(row) for row in connection.execute(query).mappings())


def refused(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that a send was refused, and that nobody has done anything about it."""
    later = outgoing.alias("later")
    went = sa.select(later.c.id).where(
        later.c.ticket_id == outgoing.c.ticket_id, later.c.id > outgoing.c.id, later.c.state == SendState.sent
    )
    is_open = sa.select(tickets.c.id).where(tickets.c.id == outgoing.c.ticket_id, tickets.c.status == TicketStatus.open)
    return sa.and_(sa.text(REFUSED), is_open.exists(), ~went.exists(), sees_about(viewer, outgoing))


def settle_as_sent(connection: sa.Connection, id: OutgoingId, at: datetime) -> bool:
    """Note that an uncertain send went, once; return whether it was uncertain."""
    return _settle(connection, id, state=SendState.sent, sent_at=at, provider_id="settled by a person")


def settle_as_queued(connection: sa.Connection, id: OutgoingId) -> bool:
    """Let an uncertain send go once more, under the same Message-ID; return whether it was uncertain."""
    return _settle(connection, id, state=SendState.queued, next_try_at=None, attempts=0, why="")


def _settle(connection: sa.Connection, id: OutgoingId, **values: object) -> bool:
    still = (outgoing.c.id == id, outgoing.c.state == SendState.uncertain)
    result = connection.execute(outgoing.update().where(*still).values(**values, claimed_by=None, lease_until=None))
    return result.rowcount == 1


def _uncertain(viewer: Viewer) -> sa.Select[tuple[object, ...]]:
    return sa.select(outgoing).where(sa.text(UNCERTAIN), sees_about(viewer, outgoing))
