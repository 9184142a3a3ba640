"""Handling: whether, when and how a person handled a message, from what was seen of it. Pure.

| Evidence | Handled by it | Until |
|---|---|---|
| `seen` | yes: somebody opened it (R50) | marked as unread |
| `flagged` | yes: somebody marked it for later | the mark is gone, or marked as unread |
| `answered` | yes | the flag is gone; what lies in Sent stays said |
| `forwarded` | yes (R51) | for good |
| `moved` | yes, unless into the inbox | moved back there |
| `deleted` | yes | the flag is gone |
| `gone` | yes: deleted, or filed in a folder that we do not read | it is there again |
| `acted` | yes: in our desk | for good |
| `keyword` | no: rules of a mail server set labels, too | |
| `edited`, `withdrawn` | no: who wrote it did | |

A login shows nothing: whoever signs in need not look (field.md: CIPP#6031).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from domain.evidence import Evidence, EvidenceKind

#: What disappears after this long may have been taken away by a rule of retention: it shows no person.
RETENTION = timedelta(days=60)

#: What takes back what.
TAKEN_BACK: Mapping[EvidenceKind, frozenset[EvidenceKind]] = MappingProxyType(
    {
        EvidenceKind.unseen: frozenset({EvidenceKind.seen, EvidenceKind.flagged}),
        EvidenceKind.unflagged: frozenset({EvidenceKind.flagged}),
        EvidenceKind.unanswered: frozenset({EvidenceKind.answered}),
        EvidenceKind.undeleted: frozenset({EvidenceKind.deleted}),
        EvidenceKind.returned: frozenset({EvidenceKind.gone, EvidenceKind.moved}),
    }
)

#: What nobody of ours need have done: a mail server sets labels, and who wrote may change it or take it away.
OF_NOBODY_HERE = frozenset({EvidenceKind.keyword, EvidenceKind.edited, EvidenceKind.withdrawn})

#: What stays said whatever a flag says later.
LASTING = frozenset({EvidenceKind.forwarded, EvidenceKind.acted})

#: The folder that mail arrives in, unless an account calls it otherwise.
INBOX = "INBOX"


@dataclass(frozen=True, slots=True)
class Handling:
    """When a message was first handled, and by what."""

    at: datetime
    how: EvidenceKind


def handling(evidence: Sequence[Evidence], *, inbox: str = INBOX) -> Handling | None:
    """Return how a message was handled; None: nobody has handled it.

    Args:
        evidence: what was seen of it, oldest first.
        inbox: the folder that mail arrives in: what is put back there waits again.
    """
    standing = _standing(evidence, inbox)
    if not standing:
        return None
    first = min(standing, key=lambda each: each.at)
    return Handling(first.at, first.kind)


def shows_a_person(kind: EvidenceKind, arrived_at: datetime | None, at: datetime) -> bool:
    """Ask whether evidence shows that somebody was in the account, however little was done."""
    if kind in OF_NOBODY_HERE:
        return False
    by_itself = kind in {EvidenceKind.gone, EvidenceKind.returned, EvidenceKind.moved}
    return not (by_itself and arrived_at is not None and at - arrived_at > RETENTION)


def stands_for_good(evidence: Evidence) -> bool:
    """Ask whether no flag can take it back: an answer that lies in Sent was given."""
    return evidence.kind in LASTING or (evidence.kind is EvidenceKind.answered and "by" in evidence.details)


def is_put_back(evidence: Evidence, inbox: str) -> bool:
    """Ask whether a message was moved into the inbox: it waits again."""
    return evidence.kind is EvidenceKind.moved and str(evidence.details.get("to", "")).lower() == inbox.lower()


def _standing(evidence: Iterable[Evidence], inbox: str) -> list[Evidence]:
    standing: list[Evidence] = []
    for each in evidence:
        taken = TAKEN_BACK.get(each.kind, frozenset())
        if is_put_back(each, inbox):
            taken = TAKEN_BACK[EvidenceKind.returned]
        standing = [other for other in standing if other.kind not in taken or stands_for_good(other)]
        if _handles(each, inbox):
            standing.append(each)
    return standing


def _handles(evidence: Evidence, inbox: str) -> bool:
    if evidence.kind in TAKEN_BACK or evidence.kind in OF_NOBODY_HERE:
        return False
    return not is_put_back(evidence, inbox)
