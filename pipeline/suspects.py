"""Suspects: messages that were in hand when their worker died, or took too long: one at a time is decided, and alone.

A death shows which messages were in hand, never which of them it was. Only what is then alone in hand when its worker
dies again has brought it down. So of the threads of a process one at a time may decide such a message; the others go on
with what has never been in hand.

Reads: nothing.
Writes: nothing; whose turn it is lies in memory.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock


@dataclass
class Suspects:
    """Whose turn it is in this process to decide messages that were in hand at a death. Safe between threads."""

    #: Seconds of a clock that nobody sets.
    monotonic: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock)
    #: When the turn of whoever has it ends by itself.
    _until: float = -math.inf

    @contextmanager
    def turn(self, at_most: timedelta) -> Iterator[bool]:
        """Have the turn during the block; give False where another thread has it.

        It lasts `at_most`: one that hangs holds up no other for longer than it holds its messages.
        """
        until = self._take(at_most)
        try:
            yield until is not None
        finally:
            self._give_back(until)

    def _take(self, at_most: timedelta) -> float | None:
        now = self.monotonic()
        with self._lock:
            if now < self._until:
                return None
            self._until = now + at_most.total_seconds()
            return self._until

    def _give_back(self, until: float | None) -> None:
        with self._lock:
            if until == self._until:
                self._until = -math.inf
