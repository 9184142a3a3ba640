"""Side by side: a batch decided at once as if each message were its first, and those again that were not.

Reads: the parsed messages and what was gathered around them.
Writes: nothing; `pipeline.commit` writes what is returned.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.ids import Digest
from domain.site import Site
from pipeline.context import Gathered
from pipeline.decide_one import decide_each
from pipeline.parsed import Parsed
from pipeline.settled import Settled
from pipeline.so_far import SoFar

#: Those that something was told of are decided again together so often, and then each in its turn: where every message
#: tells something of all others, as a flood of SMS does, nothing is won by it.
MOST_ROUNDS = 4


def decide_side_by_side(
    batch: Sequence[Parsed], gathered: Gathered, site: Site, digest: Digest, now: datetime
) -> list[Settled]:
    """Return what becomes of each message of a batch, as if they had been decided one after the other.

    To decide is a pure function: only a message of which the batch has told something since, such as a copy of it or a
    reply to its sender, can be decided otherwise than it was. Those are decided again, with what is known by then.
    """

    def decide(places: Sequence[int]) -> dict[int, Settled]:
        some = [batch[place] for place in places]
        return dict(zip(places, decide_each(some, gathered, so_far, site, digest, now), strict=True))

    so_far, since = SoFar(), SoFar()
    settled, rounds = decide(range(len(batch))), 1
    for place, parsed in enumerate(batch):
        if since.tells_of(parsed) and rounds < MOST_ROUNDS:
            settled |= decide([later for later in range(place, len(batch)) if since.tells_of(batch[later])])
            since, rounds = SoFar(), rounds + 1
        elif since.tells_of(parsed):
            settled |= decide([place])
        for known in (so_far, since):
            known.note(settled[place], now)
    return [settled[place] for place in range(len(batch))]
