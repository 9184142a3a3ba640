"""Set aside: messages without a ticket that are kept and not shown as work, and who has looked them over."""

from datetime import datetime

import sqlalchemy as sa

from domain.ids import MessageId, OrganisationId, TicketId
from domain.looked_over import Verdict
from domain.message import Fate
from domain.viewer import Viewer
from store.leases import upsert
from store.messages import StoredMessage, stored_message
from store.originals import plain
from store.schema import looked_over, messages, originals
from store.schema.arrivals import SET_ASIDE
from store.search_index import Searched, put_words
from store.visibility import Condition, sees_decided, sees_organisation


def list_set_aside(
    connection: sa.Connection, viewer: Viewer, since: datetime, *, limit: int = 100
) -> tuple[StoredMessage, ...]:
    """Return what was set aside since then and nobody has looked over, of what the viewer may see, the latest first."""
    query = (
        sa.select(messages)
        .outerjoin(looked_over, looked_over.c.message_row == messages.c.id)
        .where(*_seen_by(viewer), messages.c.stored_at >= since, looked_over.c.message_row.is_(None))
        .order_by(messages.c.id.desc())
        .limit(limit)
    )
    return tuple(stored_message(row) for row in connection.execute(query).mappings())


def get_set_aside(connection: sa.Connection, viewer: Viewer, id: MessageId) -> StoredMessage:
    """Return a message that was set aside. Raises KeyError for one that is not, or that the viewer may not see."""
    row = connection.execute(sa.select(messages).where(messages.c.id == id, *_seen_by(viewer))).mappings().first()
    if row is None:
        raise KeyError(id)
    return stored_message(row)


def get_original_set_aside(connection: sa.Connection, viewer: Viewer, id: MessageId) -> bytes:
    """Return the exact bytes of a message that was set aside. Raises KeyError as `get_set_aside`."""
    query = (
        sa.select(originals.c.compressed, originals.c.size_bytes)
        .join(
            messages,
            sa.and_(messages.c.organisation_id == originals.c.organisation_id, messages.c.digest == originals.c.digest),
        )
        .where(messages.c.id == id, *_seen_by(viewer))
    )
    row = connection.execute(query).first()
    if row is None:
        raise KeyError(id)
    return plain(*row)


def add_verdict(
    connection: sa.Connection, organisation: OrganisationId, message: MessageId, verdict: Verdict, by: str,
    at: datetime,
) -> bool:  # fmt: skip
    """Keep what somebody said of a message; return False when somebody has before."""
    statement = (
        upsert(connection, looked_over)
        .values(message_row=message, organisation_id=organisation, verdict=verdict, by=by, at=at)
        .on_conflict_do_nothing(index_elements=[looked_over.c.message_row])
        .returning(looked_over.c.message_row)
    )
    return connection.execute(statement).first() is not None


def put_in_ticket(connection: sa.Connection, message: StoredMessage, ticket: TicketId) -> None:
    """Let a message that was set aside belong to a ticket, and be found by its words."""
    connection.execute(messages.update().where(messages.c.id == message.id).values(fate=Fate.ticket, ticket_id=ticket))
    found = Searched(
        id=message.id, fate=Fate.ticket, sender_name=message.sender_name, sender_address=message.sender_address,
        subject=message.subject, text=message.text,
    )  # fmt: skip
    put_words(connection, [found])


def _seen_by(viewer: Viewer) -> tuple[Condition | sa.TextClause, ...]:
    """Return the conditions of what was set aside and the viewer may see."""
    is_set_aside = sa.text(f"messages.{SET_ASIDE}")
    # So that no planner goes by the index of tickets: nearly every message that was set aside has none.
    has_no_ticket = sa.func.coalesce(messages.c.ticket_id, 0) == 0
    return (is_set_aside, has_no_ticket, sees_organisation(viewer, messages), sees_decided(viewer))
