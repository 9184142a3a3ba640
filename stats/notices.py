"""Notices in time: how many citizens heard when they will have an answer before that promise broke (domain.md 4.2)."""

from dataclasses import dataclass
from datetime import datetime, time

from domain.instant import STOCKHOLM
from domain.open_time import local_date
from domain.viewer import Viewer
from store.database import Connection
from store.notices import count_notices


@dataclass(frozen=True, slots=True)
class NoticesInTime:
    """How many notices were owed, and how many came in time."""

    owed: int
    in_time: int


def notices_of_today(connection: Connection, viewer: Viewer, now: datetime) -> NoticesInTime:
    """Return the notices owed for what has arrived since midnight, Swedish time, of what the viewer may see."""
    midnight = datetime.combine(local_date(now), time(), STOCKHOLM)
    return NoticesInTime(*count_notices(connection, viewer, midnight, now))
