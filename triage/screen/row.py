"""Row: one line of a table "may we auto-reply?" (domain.md 3.3, 3.7, 3.8), and what follows when it applies."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from domain.decision import Queue
from triage.screen.facts import Facts


class Verdict(StrEnum):
    """What a row says of an automatic reply."""

    no = "no"
    yes = "yes"
    #: Noted; it decides nothing.
    go_on = "go_on"


def normal(_: Facts) -> Queue:
    """Q: the normal queue."""
    return Queue.normal


def low(_: Facts) -> Queue:
    """QL: the low-priority queue for a human check."""
    return Queue.low


def attached_or_low(facts: Facts) -> Queue:
    """T: with the outgoing message it really belongs to; QL when there is none."""
    return Queue.attached if facts.belongs else Queue.low


def attached_or_technical(facts: Facts) -> Queue:
    """T: with the message of ours that it repeats; X when that was written elsewhere."""
    return Queue.attached if facts.belongs else Queue.technical


def technical(_: Facts) -> Queue:
    """X: kept, not shown as work."""
    return Queue.technical


def in_thread_or_low(facts: Facts) -> Queue:
    """With the open ticket of whoever writes; QL when there is none."""
    return Queue.normal if facts.context.thread_open else Queue.low


def technical_or_normal(facts: Facts) -> Queue:
    """X only for what our loop mark or Message-ID shows to be our own machine's; else Q (row 7)."""
    return Queue.technical if facts.ours else Queue.normal


def technical_or_low(facts: Facts) -> Queue:
    """X for our own; a loop mark that is not ours is some other installation's automatic message."""
    return Queue.technical if facts.ours else attached_or_low(facts)


def never(_: Facts) -> bool:
    """Nobody needs to look at the message itself."""
    return False


def always(_: Facts) -> bool:
    """A person must look at the message itself."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: when it applies, and then whether we may reply, which queue, and whether a person must look."""

    number: int
    #: The section of domain.md whose table it stands in.
    table: str = "3.3"
    #: None: the row does not apply; else what matched.
    applies: Callable[[Facts], str | None]
    says: Verdict = Verdict.no
    queue: Callable[[Facts], Queue] = normal
    needs_a_look: Callable[[Facts], bool] = never
    #: True: the queue column says *Q top*.
    top: bool = False
    #: True: the queue column says *Q sensitive*.
    sensitive: bool = False

    @property
    def name(self) -> str:
        """The row as reasons name it, such as 3.3/13."""
        return f"{self.table}/{self.number}"
