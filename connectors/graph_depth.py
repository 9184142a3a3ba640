"""How deep an edge is read: the newest at each visit; more now and then, for what came late, was edited or deleted."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.graph_cursor import Part

#: Listed again now and then, because Meta may list late.
OVERLAP = timedelta(hours=26)
#: How often the whole overlap is listed again.
OVERLAP_EVERY = timedelta(minutes=10)
#: For how long people may edit or delete, and we look for it; and how often.
EDITED_WITHIN = timedelta(days=7)
DEEP_EVERY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Depth:
    """How far back one visit reads an edge."""

    #: What is older is not read.
    oldest: datetime
    #: False: only what is newest, to the first page that holds nothing new.
    whole: bool
    deep: bool = False

    def after(self, part: Part, now: datetime, threads: dict[str, str]) -> Part:
        """Return how far the edge has been read then."""
        return replace(
            part,
            listed_at=now,
            overlapped_at=now if self.whole else part.overlapped_at,
            deep_at=now if self.deep else part.deep_at,
            threads=threads,
        )


def depth_of(part: Part, now: datetime, history: timedelta) -> Depth:
    """Return how far back an edge is to be read now."""
    if part.listed_at is None:
        return Depth(now - history, whole=True, deep=True)
    if part.deep_at is None or now - part.deep_at >= DEEP_EVERY:
        return Depth(min(part.listed_at - OVERLAP, now - EDITED_WITHIN), whole=True, deep=True)
    whole = part.overlapped_at is None or now - part.overlapped_at >= OVERLAP_EVERY
    return Depth(part.listed_at - OVERLAP, whole)
