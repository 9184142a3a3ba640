"""Leases: who may do something alone, until when. The database's clock decides."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from domain.viewer import Viewer
from store.database import database_now
from store.schema import leases
from store.statements import insert_into


def upsert(connection: sa.Connection, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    """Return an INSERT that can say ON CONFLICT, for the database at hand."""
    return insert_into(connection.dialect.name, table)


def claim_lease(connection: sa.Connection, name: str, holder: str, duration: timedelta) -> bool:
    """Take or renew a lease; return False while somebody else holds it."""
    now = database_now(connection)
    statement = (
        upsert(connection, leases)
        .values(name=name, holder=holder, until=now + duration)
        .on_conflict_do_update(
            index_elements=[leases.c.name],
            set_={"holder": holder, "until": now + duration},
            where=sa.or_(leases.c.holder == holder, leases.c.until < now),
        )
        .returning(leases.c.name)
    )
    return connection.execute(statement).first() is not None


def renew_leases(connection: sa.Connection, holder: str, prefix: str, duration: timedelta) -> None:
    """Renew what somebody still holds of the leases whose names begin so."""
    now = database_now(connection)
    connection.execute(
        leases.update()
        .where(leases.c.holder == holder, leases.c.name.startswith(prefix, autoescape=True), leases.c.until >= now)
        .values(until=now + duration)
    )


def release_lease(connection: sa.Connection, name: str, holder: str) -> bool:
    """Give a lease back early; return whether it was held. Nothing happens when somebody else holds it."""
    given = leases.delete().where(leases.c.name == name, leases.c.holder == holder)
    return connection.execute(given).rowcount == 1


def left_of(connection: sa.Connection, viewer: Viewer, name: str) -> timedelta:
    """Return how long a lease still holds; zero: nobody has it."""
    del viewer  # Leases are the installation's own: they say which worker does what.
    now = database_now(connection)
    until: datetime | None = connection.scalar(sa.select(leases.c.until).where(leases.c.name == name))
    return max(until - now, timedelta(0)) if until is not None else timedelta(0)


def list_live(connection: sa.Connection, viewer: Viewer) -> frozenset[str]:
    """Return the names of all leases that somebody holds now."""
    del viewer  # Leases are the installation's own: they say which worker does what.
    return frozenset(connection.scalars(sa.select(leases.c.name).where(leases.c.until >= database_now(connection))))
