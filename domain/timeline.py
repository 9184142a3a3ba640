"""Timeline: the milestones of a message and of what was sent about it, as their rows say: their trace."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise


class Milestone(StrEnum):
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
    """That one thing reached a milestone."""

    #: `message 12`, or `receipt 7`: a kind of outgoing message and its row.
    of: str
    milestone: Milestone
    at: datetime
    #: Since the same thing's milestone before; None: it is its first. Below 0: two machines' clocks disagree.
    after_seconds: float | None = None
    #: The process that brought it there; empty: its row does not say.
    by: str = ""
    #: What came of it: a fate, the state of a send or of a delivery; empty: the milestone says it.
    became: str = ""


def timed(moments: Iterable[Moment]) -> list[Moment]:
    """Return the milestones of one thing in their order, each with the time since the one before."""
    moments = sorted(moments, key=lambda moment: list(Milestone).index(moment.milestone))
    later = (
        replace(moment, after_seconds=(moment.at - before.at).total_seconds()) for before, moment in pairwise(moments)
    )
    return [*moments[:1], *later]
