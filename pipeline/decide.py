"""Decide: parse what has arrived, let triage say where it goes, open tickets, put replies into the outbox.

Reads: waiting messages, claimed fifty at a time; what triage must know about each.
Writes: the message's fate and decision, tickets, replies in the outbox, events, in one transaction a batch.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from domain.ids import AccountId
from domain.message import Fate
from domain.protocols import Step
from pipeline.decide_one import Outcome, decide_one
from pipeline.runtime import Runtime
from store.messages import Waiting, claim_waiting

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Decided:
    """How many messages met which fate, and how many replies were queued."""

    fates: Counter[Fate] = field(default_factory=Counter)
    replies: int = 0
    #: How many alerts are to be sent at once.
    alerts: int = 0
    #: How many a person must look at, by account.
    set_aside: Counter[AccountId] = field(default_factory=Counter)

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Count what a committed transaction did."""
        self.fates.update(outcome.fate for outcome in outcomes)
        self.replies += sum(outcome.replied for outcome in outcomes)
        self.alerts += sum(outcome.alerts for outcome in outcomes)
        self.set_aside.update(outcome.account for outcome in outcomes if outcome.set_aside)


def decide(runtime: Runtime) -> Decided:
    """Decide everything that waits. Safe to run twice, and by many workers at once."""
    decided = Decided()
    lease = runtime.site().run.message_lease
    while batch := _claim(runtime, lease):
        try:
            decided.add(_in_one_transaction(runtime, batch))
        except Exception:
            log.exception("a batch of %d messages could not be written: each is decided alone", len(batch))
            _one_by_one(runtime, batch, decided)
        # Else its originals would still be held while the next ones are claimed.
        del batch
    if decided.replies or decided.alerts:
        runtime.bell.ring(Step.send)
    return decided


def _claim(runtime: Runtime, lease: timedelta) -> tuple[Waiting, ...]:
    with runtime.database.write() as connection:
        return claim_waiting(connection, runtime.worker(), lease=lease)


def _in_one_transaction(runtime: Runtime, batch: Sequence[Waiting]) -> list[Outcome]:
    digest, site = runtime.site.with_digest()
    with runtime.database.write() as connection:
        return [decide_one(connection, runtime, site, digest, waiting) for waiting in batch]


def _one_by_one(runtime: Runtime, batch: Sequence[Waiting], decided: Decided) -> None:
    """Let one row that the database refuses hold back no other.

    It stays claimed until its lease runs out; after a few attempts `decide_one` sets it aside unread.
    """
    for waiting in batch:
        try:
            decided.add(_in_one_transaction(runtime, [waiting]))
        except Exception:
            log.exception("message %s could not be decided at attempt %d", waiting.id, waiting.attempts)
