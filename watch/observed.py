"""Observed: whether the ticket of an observed mailbox is open, from what people do there. Pure.

| Evidence | The ticket | Why |
|---|---|---|
| `seen`, `flagged`, `keyword` | stays as it is | reading is not answering |
| `answered` | closed; its answer clock stops | the citizen has the answer |
| `forwarded` to our own, or who knows where | stays open | it binds whoever has it now (JO 3026-2019) |
| `forwarded` to others only | closed | another authority has it now, and we have said so by passing it on |
| `moved` out of the inbox, `gone` | closed | people file what they are done with |
| `deleted` | closed | they need it no longer |
| `unseen`: marked as unread | opened again | that is how people keep what is still to be done |
| `returned`, `moved` into the inbox, `undeleted` | opened again | it waits again |
| `unanswered` | opened again | somebody says that it is not answered |
| `acted`: answered or closed in our desk | closed | as `answered` |
| `acted`: anything else in our desk | stays as it is | a note is no answer |

A ticket of several messages is open while one of them is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.evidence import Evidence, EvidenceKind
from watch.handling import INBOX, is_put_back

#: What closes, unless the details say otherwise.
CLOSES = frozenset(
    {
        EvidenceKind.answered, EvidenceKind.moved, EvidenceKind.gone, EvidenceKind.deleted, EvidenceKind.acted,
        EvidenceKind.forwarded,
    }
)  # fmt: skip

#: What of our own desk is the end of a matter.
DONE_HERE = frozenset({"answer", "closed"})

#: What opens again.
OPENS = frozenset({EvidenceKind.unseen, EvidenceKind.unanswered, EvidenceKind.undeleted, EvidenceKind.returned})


@dataclass(frozen=True, slots=True)
class Closing:
    """When a message was done with, and by what."""

    at: datetime
    how: EvidenceKind


def closing(evidence: Sequence[Evidence], *, inbox: str = INBOX) -> Closing | None:
    """Return by what a message is done with; None: it waits.

    Args:
        evidence: what was seen of it, oldest first.
        inbox: the folder that mail arrives in.
    """
    done: Closing | None = None
    for each in evidence:
        if each.kind in OPENS or is_put_back(each, inbox):
            done = None
        elif done is None and each.kind in CLOSES and not _stays_with_us(each):
            done = Closing(each.at, each.kind)
    return done


def _stays_with_us(evidence: Evidence) -> bool:
    if evidence.kind is EvidenceKind.acted:
        return evidence.details.get("by") not in DONE_HERE
    return evidence.kind is EvidenceKind.forwarded and not evidence.details.get("outside", False)
