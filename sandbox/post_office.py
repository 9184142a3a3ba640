"""PostOffice: delivers the citizens' letters at the town's pace, until there have been enough."""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count

from domain.protocols import Clock
from sandbox.compose import LATE_BY, Posting, compose
from sandbox.letters import Letter
from sandbox.townsfolk import Townsfolk

#: How many mails a town gets in all; a forgotten demo stops filling its disk.
MOST_MAILS = 300

#: The first mails come at once, so that a visitor soon sees a living queue.
FIRST_MAILS = 14
_FIRST_WITHIN_SECONDS = 40.0

#: Until this many mails the pace is brisk; after it, that of an ordinary morning.
_BRISK = 60


def arrival_times(seed: int) -> Iterator[timedelta]:
    """Yield how long after opening each mail arrives, ascending; `MOST_MAILS` in all."""
    pace = random.Random(seed)
    elapsed = 1.0
    for number in range(MOST_MAILS):
        yield timedelta(seconds=elapsed)
        if number + 1 < FIRST_MAILS:
            elapsed += _FIRST_WITHIN_SECONDS / FIRST_MAILS * pace.uniform(0.6, 1.0)
        elif number + 1 < _BRISK:
            elapsed += pace.uniform(5, 10)
        else:
            elapsed += pace.uniform(20, 40)


class PostOffice:
    """Hands out one mail after the other, each from a fresh citizen under a fresh Message-ID."""

    def __init__(
        self,
        letters: Sequence[Letter],
        clock: Clock,
        deliver: Callable[[Posting, datetime], None],
        *,
        seed: int,
    ) -> None:
        """Prepare a post office that is closed.

        Args:
            letters: at least one; sent in their order, then from the beginning again.
            clock: the town's.
            deliver: puts a mail in its mailbox, dated, an SMS or a note where its provider lists it.
            seed: the same seed gives the same senders and the same pace.
        """
        self._letters = letters
        self._clock = clock
        self._deliver = deliver
        self._townsfolk = Townsfolk(seed)
        self._times = arrival_times(seed)
        self._numbers = count(1)
        self._opened_at: datetime | None = None
        self._next: timedelta | None = None
        self._delivered = 0
        self._lock = threading.Lock()
        self._bell = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="sandbox-post-office", daemon=True)

    @property
    def delivered(self) -> int:
        """Return how many mails have been delivered."""
        return self._delivered

    @property
    def running(self) -> bool:
        """Say whether the thread lives."""
        return self._thread.is_alive()

    def open(self) -> None:
        """Begin to deliver; opening twice is once."""
        with self._lock:
            if self._opened_at is None:
                self._opened_at = self._clock.now()
                self._next = next(self._times)
        self._bell.set()

    def deliver_due(self) -> int:
        """Deliver what is due by now, and return how many mails that was."""
        before = self._delivered
        while (due := self._due_in()) is not None and due <= timedelta(0):
            self._deliver_one()
        return self._delivered - before

    def start(self) -> None:
        """Deliver from a thread of its own, once opened."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._closing = True
        self._bell.set()
        self._thread.join()

    def _due_in(self) -> timedelta | None:
        """Return how long it is to the next mail; None: closed, or all are delivered."""
        with self._lock:
            if self._opened_at is None or self._next is None:
                return None
            return self._opened_at + self._next - self._clock.now()

    def _deliver_one(self) -> None:
        number = next(self._numbers)
        first_round = number <= len(self._letters)
        letter = self._letters[(number - 1) % len(self._letters)]
        now = self._clock.now()
        at = now - LATE_BY if letter.late and first_round else now
        self._deliver(compose(letter, self._townsfolk.meet(letter.language), at=at, number=number), now)
        self._delivered += 1
        with self._lock:
            self._next = next(self._times, None)

    def _work(self) -> None:
        while not self._closing:
            self._bell.clear()
            self.deliver_due()
            due = self._due_in()
            if not self._closing:
                self._bell.wait(None if due is None else max(due.total_seconds(), 0.0))
