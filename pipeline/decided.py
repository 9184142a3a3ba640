"""Decided: what came of deciding, counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.ids import AccountId
from domain.message import Fate
from pipeline.settled import Settled


@dataclass(slots=True)
class Decided:
    """How many messages met which fate, and how many replies were queued."""

    fates: Counter[Fate] = field(default_factory=Counter)
    replies: int = 0
    #: About how many tickets somebody is to be called.
    calls: int = 0
    #: How many a person must look at, by account.
    set_aside: Counter[AccountId] = field(default_factory=Counter)

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
