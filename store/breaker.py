"""The circuit breaker of all automatic replies: one row, held by whoever asks the brakes (domain.md 3.3 row 34)."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.viewer import Viewer
from store.leases import upsert
from store.schema import breaker

#: There is one breaker for the whole installation.
ONLY = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """How the circuit breaker stands."""

    #: None: replies may go.
    opened_at: datetime | None = None
    #: In a sentence, without citizen content.
    why: str = ""
    #: What went before this no longer counts: a person closed the breaker then.
    counted_from: datetime | None = None


def hold_breaker(connection: sa.Connection) -> Breaker:
    """Return how the breaker stands, and let nobody else ask the brakes before this transaction ends (P7)."""
    statement = upsert(connection, breaker).values(id=ONLY)
    held = statement.on_conflict_do_update(index_elements=["id"], set_={"id": ONLY}).returning(*_SHOWN)
    return _breaker(connection.execute(held).one())


def get_breaker(connection: sa.Connection, viewer: Viewer) -> Breaker:
    """Return how the breaker stands. It belongs to the installation: every viewer may know of it."""
    row = connection.execute(sa.select(*_SHOWN).where(breaker.c.id == ONLY)).first()
    return Breaker() if row is None else _breaker(row)


def open_breaker(connection: sa.Connection, why: str, at: datetime) -> bool:
    """Stop all automatic replies, once; return whether they were going."""
    result = connection.execute(
        breaker.update().where(breaker.c.id == ONLY, breaker.c.opened_at.is_(None)).values(opened_at=at, why=why)
    )
    return result.rowcount == 1


def close_breaker(connection: sa.Connection, *, counted_from: datetime | None = None) -> bool:
    """Let automatic replies go again, once; return whether they were stopped.

    `counted_from`: what went before this no longer counts, because a person decided so.
    """
    values: dict[str, object] = {"opened_at": None, "why": ""}
    if counted_from is not None:
        values["counted_from"] = counted_from
    result = connection.execute(
        breaker.update().where(breaker.c.id == ONLY, breaker.c.opened_at.is_not(None)).values(**values)
    )
    return result.rowcount == 1


_SHOWN = (breaker.c.opened_at, breaker.c.why, breaker.c.counted_from)


def _breaker(row: sa.Row[datetime | None, str, datetime | None]) -> Breaker:
    opened_at, why, counted_from = row
    return Breaker(opened_at=opened_at, why=why, counted_from=counted_from)
