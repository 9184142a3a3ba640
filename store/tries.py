"""Tries: how often somebody tried to sign in, counted for all processes together."""

import hashlib
from datetime import datetime

import sqlalchemy as sa

from domain.viewer import Viewer
from store.leases import upsert
from store.schema import tries


def count_tries(connection: sa.Connection, viewer: Viewer, key: str, after: datetime) -> int:
    """Return how many tries were counted in the window that began after an instant; 0: there is none."""
    del viewer  # Of the installation's own: whose tries they are is told by no row.
    query = sa.select(tries.c.count).where(tries.c.key == _digest(key), tries.c.since > after)
    return connection.scalar(query) or 0


def add_try(connection: sa.Connection, key: str, now: datetime, after: datetime) -> int:
    """Count one more and return how many there are; a window that began no later than `after` begins anew.

    Windows that are over are forgotten, whoever's they were: a flood of names is kept no longer.
    """
    connection.execute(tries.delete().where(tries.c.since <= after))
    statement = (
        upsert(connection, tries)
        .values(key=_digest(key), since=now, count=1)
        .on_conflict_do_update(index_elements=[tries.c.key], set_={"count": tries.c.count + 1})
        .returning(tries.c.count)
    )
    return int(connection.execute(statement).scalar_one())


def give_back_try(connection: sa.Connection, key: str) -> None:
    """Count one fewer: the try was no guess."""
    counted = sa.and_(tries.c.key == _digest(key), tries.c.count > 0)
    connection.execute(tries.update().where(counted).values(count=tries.c.count - 1))


def forget_tries(connection: sa.Connection, key: str) -> None:
    """Start over for a key."""
    connection.execute(tries.delete().where(tries.c.key == _digest(key)))


def _digest(key: str) -> str:
    """Return how a key stands in the table: what is typed as a name may be a password."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
