"""Refusals: how many requests to each webhook were not what they said."""

import sqlalchemy as sa

from domain.ids import AccountId
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import counters

_SERIES = "webhook/refused/"


def add_refusals(connection: sa.Connection, account: AccountId, more: int = 1) -> int:
    """Count some more, and return how many there were."""
    statement = (
        upsert(connection, counters)
        .values(name=f"{_SERIES}{account}", value=more)
        .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": counters.c.value + more})
        .returning(counters.c.value)
    )
    return int(connection.execute(statement).scalar_one())


def count_refusals(connection: sa.Connection, viewer: Viewer, account: AccountId) -> int:
    """Return how many requests to an account's webhook were refused."""
    return connection.scalar(sa.select(counters.c.value).where(counters.c.name == f"{_SERIES}{account}")) or 0
