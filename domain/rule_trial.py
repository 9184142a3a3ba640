"""Trials: rules or categories that somebody tries on stored messages from the pages, before they are used."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.ids import Digest, MessageId, OrganisationId, RuleTrialId, TicketId, UserId


class TrialState(StrEnum):
    """How far a trial has come."""

    waiting = "waiting"
    running = "running"
    done = "done"
    #: A person took it back.
    stopped = "stopped"
    failed = "failed"


#: Why a trial failed at whose messages worker after worker was lost.
WORKERS_LOST = "workers_lost"

#: Trials that are not over.
GOING_ON = frozenset({TrialState.waiting, TrialState.running})


class Tried(StrEnum):
    """What is tried."""

    #: What is used now.
    active = "active"
    rules = "rules"
    categories = "categories"
    both = "both"


class Against(StrEnum):
    """What it is compared with."""

    #: What was decided when the messages came.
    then = "then"
    #: What the active configuration would decide about them.
    active = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrial:
    """One trial, as far as it has come."""

    id: RuleTrialId
    organisation: OrganisationId
    user: UserId
    asked_at: datetime
    days: int
    tried: Tried
    against: Against
    #: The version of its rule set.
    rules: Digest
    state: TrialState
    #: Messages to decide again; None: not counted yet.
    total: int | None
    done: int
    #: The last message that was decided again.
    after: MessageId
    #: How often whoever worked on it was lost since that message.
    losses: int
    ended_at: datetime | None
    #: Why it came to no end, in a sentence; empty: it did, or has not yet.
    failure: str

    @property
    def goes_on(self) -> bool:
        """Whether it is not over."""
        return self.state in GOING_ON

    @property
    def since(self) -> datetime:
        """From when on messages are tried."""
        return self.asked_at - timedelta(days=self.days)

    @property
    def percent(self) -> int:
        """How far it has come, 0 to 100."""
        if self.state is TrialState.done:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One thing that would be decided otherwise."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialChange:
    """A message that would be decided otherwise."""

    message: MessageId
    organisation: OrganisationId
    #: None: it has none.
    ticket: TicketId | None
    #: The ticket's; None: it has none.
    number: str | None = None
    #: True: it is or would be a sensitive matter (P12).
    secret: bool
    differences: tuple[Difference, ...]
