"""Beats: when each part of the work was last done by anybody."""

from datetime import datetime

import sqlalchemy as sa

from domain.viewer import Viewer
from store.leases import upsert
from store.schema import beats


def note_beat(connection: sa.Connection, part: str, worker: str, at: datetime) -> None:
    """Note that a part of the work was done."""
    values = {"at": at, "worker": worker}
    connection.execute(
        upsert(connection, beats)
        .values(part=part, **values)
        .on_conflict_do_update(index_elements=[beats.c.part], set_=values)
    )


def list_beats(connection: sa.Connection, viewer: Viewer) -> dict[str, datetime]:
    """Return when each part was last done."""
    del viewer  # The parts of the work are the installation's own.
    return {row.part: row.at for row in connection.execute(sa.select(beats.c.part, beats.c.at))}
