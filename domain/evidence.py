"""Evidence: what was seen to happen to a message in its mailbox, where people go on working (P4)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.ids import AccountId, MessageId


class EvidenceKind(StrEnum):
    """What a person did with a message, as far as the mailbox shows it."""

    #: The flag \\Seen was set: somebody opened it.
    seen = "seen"
    #: The flag \\Seen was taken away: marked as unread.
    unseen = "unseen"
    #: Answered by a person: the flag \\Answered was set, or a mail in Sent answers it.
    answered = "answered"
    #: The flag \\Answered was taken away.
    unanswered = "unanswered"
    #: The flag \\Flagged was set: marked for follow-up.
    flagged = "flagged"
    #: The flag \\Flagged was taken away.
    unflagged = "unflagged"
    #: The flag \\Deleted was set.
    deleted = "deleted"
    #: The flag \\Deleted was taken away.
    undeleted = "undeleted"
    #: A keyword (label, category) was set or taken away; details say which.
    keyword = "keyword"
    #: A mail in Sent refers to it and went to somebody else than who wrote it.
    forwarded = "forwarded"
    #: It is in another folder that we read.
    moved = "moved"
    #: It is in no folder that we read: deleted, or moved elsewhere.
    gone = "gone"
    #: It is there again.
    returned = "returned"
    #: Who wrote it changed it afterwards, in public or in a chat; details hold the new text.
    edited = "edited"
    #: Who wrote it took it away; what it said is kept.
    withdrawn = "withdrawn"
    #: Somebody did something about it here, in our desk; details say what.
    acted = "acted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that was seen to happen."""

    kind: EvidenceKind
    account: AccountId
    #: None: of a watch_only account, whose messages are not read.
    message: MessageId | None
    #: When it happened, if the mailbox says so; else when we saw it.
    at: datetime
    noted_at: datetime
    details: dict[str, Any] = field(default_factory=dict)
