"""TownClock: the town's own time, at the speed of ours."""

from collections.abc import Callable
from datetime import datetime, timedelta

from domain.instant import STOCKHOLM, as_utc

#: Tuesday 24 November 2026, 09:00 in Stockholm: an ordinary working day, offices just open.
TOWN_START = as_utc(datetime(2026, 11, 24, 9, 0, tzinfo=STOCKHOLM))


class TownClock:
    """A clock that starts at a chosen instant and runs at the real speed from construction (domain.protocols.Clock)."""

    def __init__(self, start: datetime = TOWN_START, *, monotonic: Callable[[], float]) -> None:
        """Start the town's time.

        Args:
            start: the first instant; aware.
            monotonic: seconds that only grow, such as `time.monotonic`.

        Raises:
            ValueError: `start` carries no offset.
        """
        self._start = as_utc(start)
        self._monotonic = monotonic
        self._origin = monotonic()

    def now(self) -> datetime:
        """Return the town's instant, aware UTC."""
        return self._start + timedelta(seconds=self._monotonic() - self._origin)
