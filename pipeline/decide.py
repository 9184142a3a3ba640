"""Decide: parse what has arrived, let triage say where it goes, open tickets, put replies into the outbox.

A batch goes through four steps: parse, gather what the store knows around it, decide one after the other, commit. Only
the last holds a writing transaction: nobody waits while we read and think.

Reads: waiting messages, claimed two hundred at a time; what triage must know about each.
Writes: the message's fate and decision, tickets, replies in the outbox, events, in one transaction a batch.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import timedelta

from domain.ids import Digest
from domain.protocols import Step
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.commit import ClaimLost, DecidedTooSoon, commit
from pipeline.context import gather
from pipeline.decided import Decided, NotDecided
from pipeline.parsed import Parsed, parse_waiting
from pipeline.runtime import Runtime
from pipeline.settled import Settled
from pipeline.side_by_side import decide_side_by_side
from pipeline.threads import in_turn
from store.waiting import Waiting, claim_waiting, count_waiting

log = logging.getLogger(__name__)

#: A batch is decided anew so often when copies of its letters, or its tickets, change at the same time.
MOST_TRIES = 3

#: Messages claimed at once: what a batch asks and writes is asked and written once for all of it (decision 0013).
AT_ONCE = 200

#: Where so many were waiting, the crew is called.
MUCH = 50


def decide(runtime: Runtime) -> Decided:
    """Decide everything that waits. Safe to run twice, and by many workers at once.

    A message that fails in a way nobody foresaw holds back no other; its failure is raised when all are done, so that
    the step counts as failed.
    """
    decided = decide_all(runtime)
    if decided.calls:
        runtime.bell.ring(Step.tell)
    if decided.replies:
        runtime.bell.ring(Step.send_urgent)
        runtime.bell.ring(Step.send)
    decided.raise_first()
    return decided


def decide_all(runtime: Runtime) -> Decided:
    """Decide everything that waits, ring for nobody, and return what came of it, failures among it.

    While much waits, the crew decides: this process, which also receives and shows pages, is left free. Told to stop,
    it ends after the batch at hand.
    """
    decided = Decided()
    # While the crew is at work for another thread, it will find what waits.
    while not (_is_to_end(runtime) or runtime.crew.at_work) and decide_batch(runtime, decided):
        pass
    return decided


def decide_batch(runtime: Runtime, decided: Decided) -> bool:
    """Decide one batch of what waits, count what came of it, and return whether there was any.

    Where much waits and the crew is there, it decides alone, all that waits: this process receives meanwhile.
    """
    if runtime.crew.ready and _much_waits(runtime) and _included(decided, runtime.crew.call()):
        return True
    lease = runtime.site().run.message_lease
    with runtime.suspects.turn(lease) as ours:
        batch = _claim(runtime, lease, suspects=ours)
        if any(each.is_suspect for each in batch):
            _decide(runtime, batch, decided)
            return True
    if not batch:
        return False
    others = runtime.crew.call() if len(batch) >= MUCH else ()
    _decide(runtime, batch, decided)
    # Else its originals would still be held while the others are waited for.
    del batch
    _included(decided, others)
    return True


def _much_waits(runtime: Runtime) -> bool:
    with runtime.database.read() as connection:
        return count_waiting(connection, MACHINE, most=MUCH) == MUCH


def _included(decided: Decided, others: Sequence[Future[Decided]]) -> bool:
    """Wait for others, count what they decided, and return whether it was anything."""
    theirs = Decided()
    for each in others:
        theirs.include(each.result())
    decided.include(theirs)
    return bool(theirs.fates or theirs.failures)


def _is_to_end(runtime: Runtime) -> bool:
    return runtime.stop.is_set() or runtime.crew.stopping


def _claim(runtime: Runtime, lease: timedelta, *, suspects: bool) -> tuple[Waiting, ...]:
    # A claim that a cut of the power undoes is made again: nothing waits for the disk here.
    with runtime.database.write(durable=False) as connection:
        return claim_waiting(
            connection, runtime.worker(), limit=AT_ONCE, lease=lease, suspects=suspects,
            among=runtime.crew.sharing,
        )  # fmt: skip


def _decide(runtime: Runtime, batch: Sequence[Waiting], decided: Decided) -> None:
    try:
        _decide_in_turn(runtime, batch, decided)
    except Exception:
        log.exception("a batch of %d messages could not be parsed: each is decided alone", len(batch))
        _one_by_one(runtime, batch, decided)


def _decide_in_turn(runtime: Runtime, batch: Sequence[Waiting], decided: Decided) -> None:
    """Decide a batch in as few transactions as can be: a message that goes on from another comes after it."""
    digest, site = runtime.site.with_digest()
    for parsed in in_turn([parse_waiting(waiting, site) for waiting in batch]):
        try:
            _decide_together(runtime, site, digest, parsed, decided)
        except Exception:
            log.exception("%d messages could not be decided together: each is decided alone", len(parsed))
            _one_by_one(runtime, [each.waiting for each in parsed], decided)


def _decide_together(
    runtime: Runtime, site: Site, digest: Digest, parsed: Sequence[Parsed], decided: Decided
) -> None:  # fmt: skip
    """Decide messages in one transaction; when what they were decided by has changed meanwhile, decide them anew."""
    for last in (*[False] * (MOST_TRIES - 1), True):
        try:
            decided.add(*_gather_decide_commit(runtime, site, digest, parsed))
        except DecidedTooSoon:
            if last:
                raise
        else:
            return


def _gather_decide_commit(
    runtime: Runtime, site: Site, digest: Digest, batch: Sequence[Parsed]
) -> tuple[list[Settled], int]:  # fmt: skip
    now = runtime.now
    with runtime.database.read() as connection:
        gathered = gather(connection, batch, site, now)
    settled = decide_side_by_side(batch, gathered, site, digest, now)
    with runtime.database.write() as connection:
        calls = commit(connection, settled, runtime.worker(), site, digest, now)
    return settled, calls


def _one_by_one(runtime: Runtime, batch: Sequence[Waiting], decided: Decided) -> None:
    """Let one row that the database refuses hold back no other.

    It stays claimed until its lease runs out; after a few attempts `parse_waiting` passes it on unread.
    """
    for waiting in batch:
        try:
            digest, site = runtime.site.with_digest()
            _decide_together(runtime, site, digest, [parse_waiting(waiting, site)], decided)
        except (ClaimLost, DecidedTooSoon):
            log.warning("message %s is decided by another worker, or later: what it hangs on changed", waiting.id)
        except Exception as failure:
            log.exception("message %s could not be decided at attempt %d", waiting.id, waiting.attempts)
            why = f"message {waiting.id} could not be decided ({type(failure).__name__}): it is tried again"
            decided.failures.append(NotDecided(why))
