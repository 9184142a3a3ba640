"""Look again: ask slice by slice whether what a page received lately still stands, and as it stood.

A listing shows what changed lately; a round through all of the last week finds what no listing shows.

Reads: the ledger, how far the round has come; the provider.
Writes: evidence of edits and deletions, how far the round has come, events.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from domain.account import Account
from domain.errors import Unreachable
from domain.message import Observation
from domain.protocols import Rereads
from domain.viewer import MACHINE
from pipeline.page import note_page
from pipeline.runtime import Runtime
from store.page_rounds import count_standing, find_round, list_slice, set_round

log = logging.getLogger(__name__)

#: How far back what came is looked at again: for so long people may edit.
WITHIN = timedelta(days=7)
#: How often a slice is, how large it is at least and at most, and in which time a round ends while it can.
SLICE_EVERY = timedelta(minutes=10)
SMALLEST_SLICE, LARGEST_SLICE = 20, 100
ROUND = timedelta(days=1)


def look_again(runtime: Runtime, account: Account, source: Rereads) -> int:
    """Look at the next slice, when it is time; return how many were asked about. Safe to run twice.

    A slice that could not be asked about to its end is asked about again: none is passed over.
    """
    now = runtime.now
    with runtime.database.read() as connection:
        last = find_round(connection, MACHINE, account.id)
        if last is not None and now - last.looked_at < SLICE_EVERY:
            return 0
        size = slice_size(count_standing(connection, MACHINE, account.id, now - WITHIN))
        after = last.after_row if last is not None else 0
        rows = list_slice(connection, MACHINE, account.id, now - WITHIN, after, size)
    seen, all_asked = _ask(source, [identity for _, identity in rows])
    with runtime.database.write() as connection:
        note_page(connection, account, seen, now)
        if all_asked:
            # After the last one it begins anew.
            set_round(connection, account, rows[-1][0] if len(rows) == size else 0, now)
    return len(rows) if all_asked else 0


def confirm_gone(runtime: Runtime, account: Account, source: Rereads, identities: Sequence[str]) -> int:
    """Ask about some of what a listing no longer shows, and note what is gone; return how many were."""
    told, _ = _ask(source, identities[:LARGEST_SLICE])
    seen = [each for each in told if each.kind == "gone"]
    with runtime.database.write() as connection:
        note_page(connection, account, seen, runtime.now)
    return len(seen)


def slice_size(standing: int) -> int:
    """Return how many are asked about at a time, so that a round ends within its time.

    >>> slice_size(1_000), slice_size(7_200), slice_size(100_000)
    (20, 50, 100)
    """
    slices = ROUND // SLICE_EVERY
    return max(SMALLEST_SLICE, min(LARGEST_SLICE, -(-standing // slices)))


def _ask(source: Rereads, identities: Sequence[str]) -> tuple[list[Observation], bool]:
    """Return how they stand, and whether all could be asked about; where not, the next visit says why."""
    seen: list[Observation] = []
    try:
        for each in source.look_again(identities):
            seen.append(each)
    except Unreachable as fault:
        log.info("what a page received could not be looked at again: %s", fault.step)
        return seen, False
    return seen, True
