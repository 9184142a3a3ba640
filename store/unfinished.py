"""Unfinished answers: what somebody has written in a ticket and not sent; only who wrote it reads it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.ids import OrganisationId, TicketId, UserId
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import unfinished_answers, users
from store.visibility import sees_about


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """What somebody has written so far."""

    text: str
    kept_at: datetime


def keep_unfinished(
    connection: sa.Connection, organisation: OrganisationId, user: UserId, ticket: TicketId, text: str, at: datetime
) -> None:
    """Keep what somebody has written so far, in place of what was kept before."""
    values = {"organisation_id": organisation, "text": text, "kept_at": at}
    connection.execute(
        upsert(connection, unfinished_answers)
        .values(user_id=user, ticket_id=ticket, **values)
        .on_conflict_do_update(
            index_elements=[unfinished_answers.c.user_id, unfinished_answers.c.ticket_id], set_=values
        )
    )


def drop_unfinished(connection: sa.Connection, user: UserId, ticket: TicketId) -> None:
    """Forget what somebody has written: it is sent, or no longer wanted."""
    mine = (unfinished_answers.c.user_id == user, unfinished_answers.c.ticket_id == ticket)
    connection.execute(unfinished_answers.delete().where(*mine))


def find_unfinished(connection: sa.Connection, viewer: Viewer, user: UserId, ticket: TicketId) -> Unfinished | None:
    """Return what a user has written and not sent; None: nothing, or the viewer may not see the ticket."""
    query = sa.select(unfinished_answers.c.text, unfinished_answers.c.kept_at).where(
        unfinished_answers.c.user_id == user,
        unfinished_answers.c.ticket_id == ticket,
        sees_about(viewer, unfinished_answers),
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else Unfinished(**row)


def list_unfinished_of(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> tuple[tuple[UserId, str], ...]:
    """Return who has something unfinished in a ticket, with the name that colleagues see; never what it says.

    Nobody waits for whoever is shut out, or has moved to another organisation.
    """
    query = (
        sa.select(users.c.id, users.c.display_name)
        .join(unfinished_answers, unfinished_answers.c.user_id == users.c.id)
        .where(
            unfinished_answers.c.ticket_id == ticket,
            users.c.organisation_id == unfinished_answers.c.organisation_id,
            users.c.closed_at.is_(None),
            sees_about(viewer, unfinished_answers),
        )
        .order_by(users.c.display_name, users.c.id)
    )
    return tuple((UserId(row[0]), row[1]) for row in connection.execute(query))
