"""Suppression: addresses that get no automatic message for a while, or ever (domain.md 3.3 row 32)."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.ids import OutgoingId

#: Others, such as 5.2.2 (the mailbox is full) or 5.7.1 (refused by policy), are about a day or about us.
_NO_MAILBOX = re.compile(r"5\.1\.(0|1|2|3|6|10)|5\.2\.1")


def says_no_mailbox(status: str) -> bool:
    """Return whether a status says that there is no such mailbox, which lasts (RFC 3463).

    >>> says_no_mailbox("5.1.1"), says_no_mailbox("5.2.2")
    (True, False)
    """
    return _NO_MAILBOX.fullmatch(status) is not None


class SuppressionReason(StrEnum):
    """Why an address gets no automatic message."""

    #: Its mail server says that there is no such mailbox.
    hard_bounce = "hard_bounce"
    #: Whoever has it called our message spam.
    complaint = "complaint"
    #: Whoever has the number wrote STOP, or its provider says so: it cannot be reached by SMS.
    opted_out = "opted_out"
    #: A person entered it: asked for, by a court, or for safety.
    by_hand = "by_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One address on the list of an organisation."""

    #: In lower case.
    address: str
    reason: SuppressionReason
    #: In words.
    why: str
    added_at: datetime
    #: As in RFC 3463, such as 5.1.1; empty: none was given.
    status: str = ""
    #: None: until somebody takes it off the list.
    until: datetime | None = None
    #: Our message that led to it.
    outgoing: OutgoingId | None = None
