"""Guard: one thing that fails holds back no other, and the step that it failed in does not count as done.

Reads: nothing.
Writes: nothing; what fails is rolled back by its own transaction, and tried again at the next bell.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

log = logging.getLogger(__name__)

Done = TypeVar("Done")


@dataclass(slots=True)
class Guard:
    """Keeps what failed while the rest went on."""

    failures: list[Exception] = field(default_factory=list)

    def do(self, what: str, part: Callable[[], Done]) -> Done | None:
        """Do a part and return what it returns; None when it failed, which is kept."""
        try:
            return part()
        except Exception as failure:
            self.note(what, failure)
            return None

    def count(self, what: str, part: Callable[[], int]) -> int:
        """Do a part and return how much it did; 0 when it failed, which is kept."""
        return self.do(what, part) or 0

    def note(self, what: str, failure: Exception) -> None:
        """Keep what failed."""
        log.error("%s failed: the rest goes on, and it is tried again", what, exc_info=failure)
        self.failures.append(failure)

    def raise_failures(self) -> None:
        """Raise what failed, if anything did: whoever counts what was done must not take the step for done.

        Raises: the failure itself; of several, an ExceptionGroup.
        """
        if len(self.failures) == 1:
            raise self.failures[0]
        if self.failures:
            raise ExceptionGroup(f"{len(self.failures)} parts of one step failed", self.failures)


@contextmanager
def guarding() -> Iterator[Guard]:
    """Give a guard, and raise at last what failed under it."""
    guard = Guard()
    yield guard
    guard.raise_failures()
