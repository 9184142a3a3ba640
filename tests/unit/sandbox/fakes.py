"""A clock moved by hand."""

from datetime import datetime, timedelta

from sandbox.clock import TOWN_START


class HandClock:
    """Stands still until it is moved."""

    def __init__(self, start: datetime = TOWN_START) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> None:
        self._now += by
