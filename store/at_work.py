"""Who works on a database now: what must be stopped before everything is moved out of it."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from domain.viewer import OPERATOR
from store.beats import list_beats
from store.database import Database, database_now
from store.leases import list_live

#: Leases that a process holds for as long as it runs, and gives back when it ends in good order.
HELD_WHILE_RUNNING = ("scheduler", "listener")
#: What the lease of an account that is being read begins with.
READING = "account/"

#: A part of the work that was done so lately is still going on; twice as long as a process may be silent.
LATELY = timedelta(seconds=30)

#: Other sessions in the same database of PostgreSQL, by the names that they give themselves.
_SESSIONS = sa.text(
    "SELECT coalesce(nullif(application_name, ''), 'a session') FROM pg_stat_activity"
    " WHERE datname = current_database() AND backend_type = 'client backend' AND pid NOT IN (pg_backend_pid(), :mine)"
)


def who_is_at_work(database: Database, *, mine: sa.Connection | None = None) -> tuple[str, ...]:
    """Return what shows that somebody works in a database, in words; nothing: nobody does.

    `mine`: a connection of the caller's own, which does not count.
    """
    with database.read() as connection:
        now = database_now(connection)
        live = sorted(list_live(connection, OPERATOR))
        held = [name for name in live if name in HELD_WHILE_RUNNING or name.startswith(READING)]
        lately = sorted(part for part, at in list_beats(connection, OPERATOR).items() if abs(now - at) < LATELY)
        sessions = [] if database.is_sqlite else sorted(connection.scalars(_SESSIONS, {"mine": _pid(mine)}))
    return (
        *(f"the lease {name}" for name in held),
        *(f"the step {part} a moment ago" for part in lately),
        *(f"connected: {name}" for name in sessions),
    )


def _pid(connection: sa.Connection | None) -> int:
    driver: Any = connection.connection.driver_connection if connection is not None else None
    return int(driver.info.backend_pid) if driver is not None else 0
