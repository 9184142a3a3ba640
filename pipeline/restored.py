"""Restored: a copy of the store goes on where another machine was lost, and sends nothing twice (P8).

Reads: whether the store is a copy.
Writes: until when the lost machine may have answered; what waits to be sent, in doubt; ticket numbers, an event.
"""

from datetime import UTC, datetime, timedelta

from domain.site import Site
from domain.viewer import MACHINE
from pipeline.stop_replies import home_of
from store.database import Connection, Database
from store.events import append
from store.restored import NOT_YET, find_lost, put_in_doubt, set_lost, take_numbers

#: A provider's clock may go so much before ours.
CLOCKS_DIFFER = timedelta(minutes=5)

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def go_on_from_copy(database: Database, site: Site, *, stopped_at: datetime, actor: str, now: datetime) -> int:
    """Let a copy of the store go on: nothing goes unasked that the lost machine may have sent.

    Args:
        database: the copy, before anything works on it.
        site: its active configuration.
        stopped_at: since when the lost machine sends nothing more.
        actor: who restored it.
        now: stands in the log.

    Returns:
        How many sends are asked about first.
    """
    with database.write() as connection:
        in_doubt = put_in_doubt(connection)
        set_lost(connection, stopped_at + CLOCKS_DIFFER)
        take_numbers(connection)
        append(
            connection, "restored", at=now, organisation=home_of(site).organisation, actor=actor,
            stopped_at=stopped_at.isoformat(), in_doubt=in_doubt,
        )  # fmt: skip
    return in_doubt


def mark_as_copy(database: Database) -> None:
    """Let a fresh copy know that it is one, so that nobody has to say so when it is started in place of the first."""
    with database.write() as connection:
        put_in_doubt(connection)
        set_lost(connection, NOT_YET)


def go_on_if_copy(database: Database, site: Site, now: datetime) -> bool:
    """Let a copy that is started for the first time go on from now; return whether it was one."""
    with database.read() as connection:
        is_copy = find_lost(connection, MACHINE) == NOT_YET
    if is_copy:
        go_on_from_copy(database, site, stopped_at=now, actor="run", now=now)
    return is_copy


def lost_until(connection: Connection) -> datetime:
    """Return until when another machine may have answered what came; long ago: this one was never restored."""
    return find_lost(connection, MACHINE) or NEVER
