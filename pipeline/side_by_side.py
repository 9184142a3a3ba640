"""Side by side: a batch decided at once as if each message were its first, and again where one was not.

Reads: the parsed messages and what was gathered around them.
Writes: nothing; `pipeline.commit` writes what is returned.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.ids import Digest
from domain.site import Site
from pipeline.context import Gathered
from pipeline.decide_one import decide_each, decide_one
from pipeline.parsed import Parsed
from pipeline.settled import Settled
from pipeline.so_far import SoFar


def decide_side_by_side(
    batch: Sequence[Parsed], gathered: Gathered, site: Site, digest: Digest, now: datetime
) -> list[Settled]:
    """Return what becomes of each message of a batch, as if they had been decided one after the other.

    To decide is a pure function: only a message of which the batch has told something before, such as a copy of it or
    a reply to its sender, can be decided otherwise than alone. Those, mostly few, are decided once more, in their turn.
    """
    so_far = SoFar()
    settled = []
    for parsed, alone in zip(batch, decide_each(batch, gathered, SoFar(), site, digest, now), strict=True):
        told = so_far.tells_of(parsed)
        settled.append(decide_one(parsed, gathered, so_far, site, digest, now) if told else alone)
        so_far.note(settled[-1], now)
    return settled
