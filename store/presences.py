"""Presences: who has a ticket before them, and who writes in it, as long as their page says so; nothing is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from domain.ids import OrganisationId, TicketId, UserId
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import presences, users
from store.visibility import sees_about

#: A page that has said nothing for so long is closed.
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Somebody who has the ticket before them."""

    #: The name that colleagues see.
    name: str
    writing: bool


def note_presence(
    connection: sa.Connection, organisation: OrganisationId, ticket: TicketId, user: UserId, now: datetime, *,
    writing: bool = False,
) -> None:  # fmt: skip
    """Note that somebody has a ticket before them, and forget everybody whose time is over."""
    drop_over(connection, now)
    until = {"here_until": now + LEASE, **({"writing_until": now + LEASE} if writing else {})}
    connection.execute(
        upsert(connection, presences)
        .values(ticket_id=ticket, user_id=user, organisation_id=organisation, **until)
        .on_conflict_do_update(index_elements=[presences.c.ticket_id, presences.c.user_id], set_=until)
    )


def end_writing(connection: sa.Connection, ticket: TicketId, user: UserId) -> None:
    """Note that somebody writes no more: it is sent, or put away."""
    mine = (presences.c.ticket_id == ticket, presences.c.user_id == user)
    connection.execute(presences.update().where(*mine).values(writing_until=None))


def drop_over(connection: sa.Connection, now: datetime) -> None:
    """Forget everybody whose time is over."""
    connection.execute(presences.delete().where(presences.c.here_until <= now))


def list_presences(
    connection: sa.Connection, viewer: Viewer, ticket: TicketId, *, but: UserId, now: datetime
) -> tuple[Presence, ...]:
    """Return who else has a ticket before them, by name; nobody when the viewer may not see it."""
    query = (
        sa.select(users.c.display_name, presences.c.writing_until)
        .join(presences, presences.c.user_id == users.c.id)
        .where(
            presences.c.ticket_id == ticket, presences.c.user_id != but, presences.c.here_until > now,
            sees_about(viewer, presences),
        )
        .order_by(users.c.display_name, users.c.id)
    )  # fmt: skip
    return tuple(
        Presence(name=name, writing=until is not None and until > now) for name, until in connection.execute(query)
    )
