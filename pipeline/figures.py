"""Figures: what staff see of how well the promises are kept, all read in the caller's transaction.

Reads: tickets.
Writes: nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.viewer import Viewer
from stats.notices import NoticesInTime, notices_of_today
from store.database import Connection
from store.tickets import count_tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What stands above the queue, of what the viewer may see."""

    open: int
    late: int
    notices: NoticesInTime


def read_figures(connection: Connection, viewer: Viewer, now: datetime) -> Figures:
    """Return the figures of now."""
    return Figures(
        open=count_tickets(connection, viewer),
        late=count_tickets(connection, viewer, due_before=now),
        notices=notices_of_today(connection, viewer, now),
    )
