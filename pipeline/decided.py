"""Decided: what came of deciding, counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.ids import AccountId
from domain.message import Fate
from pipeline.settled import Settled


class NotDecided(Exception):
    """A message could not be decided, in a way nobody foresaw; it waits for its lease, and then for a person."""


@dataclass(slots=True)
class Decided:
    """How many messages met which fate, and how many replies were queued."""

    fates: Counter[Fate] = field(default_factory=Counter)
    replies: int = 0
    #: About how many tickets somebody is to be called.
    calls: int = 0
    #: How many a person must look at, by account.
    set_aside: Counter[AccountId] = field(default_factory=Counter)
    #: One for each message that failed so; they pass from process to process, so they carry words alone.
    failures: list[NotDecided] = field(default_factory=list)

    def add(self, batch: Sequence[Settled], calls: int) -> None:
        """Count what a committed transaction did."""
        self.calls += calls
        self.fates.update(each.fate for each in batch)
        self.replies += sum(each.reply is not None for each in batch)
        self.set_aside.update(each.parsed.account.id for each in batch if each.set_aside)

    def include(self, other: "Decided") -> None:
        """Count what another process did."""
        self.calls += other.calls
        self.fates.update(other.fates)
        self.replies += other.replies
        self.set_aside.update(other.set_aside)
        self.failures += other.failures

    def raise_first(self) -> None:
        """Raise the first failure, if there is one: whoever called is to know that the step failed."""
        if self.failures:
            raise self.failures[0]
