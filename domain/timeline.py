"""Timeline: the steps that a message, and what was sent about it, went through, as their rows say: their trace."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise


class Step(StrEnum):
    """What happened, in the order in which it does."""

    #: It reached the municipality, and from there the account (P5).
    arrived = "arrived"
    at_provider = "at_provider"
    #: The database had it (P1).
    stored = "stored"
    decided = "decided"
    #: The exact text of what is to be sent stood in the database (P8).
    queued = "queued"
    #: The brakes let it pass (P7).
    passed = "passed"
    #: The wire took it.
    sent = "sent"
    #: The provider told how far it came; or somebody said that it did not arrive.
    reported = "reported"
    bounced = "bounced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """That one thing took a step."""

    #: `message 12`, or `receipt 7`: a kind of outgoing message and its row.
    of: str
    step: Step
    at: datetime
    #: Since the same thing's step before; None: it is its first. Below 0: two machines' clocks disagree.
    after_seconds: float | None = None
    #: The process that took the step; empty: its row does not say.
    by: str = ""
    #: What came of it: a fate, the state of a send or of a delivery; empty: the step says it.
    became: str = ""


def timed(moments: Iterable[Moment]) -> list[Moment]:
    """Return the steps of one thing in the order in which they are taken, each with the time since the one before."""
    steps = sorted(moments, key=lambda moment: list(Step).index(moment.step))
    later = (
        replace(moment, after_seconds=(moment.at - before.at).total_seconds()) for before, moment in pairwise(steps)
    )
    return [*steps[:1], *later]
