"""Canaries: test mails of ours from outside, which prove the whole way in. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.account import SmtpConnection
from domain.ids import AccountId, OrganisationId

#: The header that carries a mark; the subject carries it too, for gateways that take headers out.
HEADER = "X-Svarsvakt-Canary"

#: What a mark looks like: 128 random bits that only our database knows, so that nobody can forge one.
_MARK = re.compile(r"svk-[0-9a-f]{32}")

#: Header and subject stand in the first bytes of a mail.
LOOKED_AT_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class CanarySettings:
    """How test mails are sent, and how long they may take."""

    #: A mail server outside; None: no account gets any.
    smtp: SmtpConnection | None = None
    #: The address outside that they come from.
    sender: str = ""
    every: timedelta = timedelta(hours=6)
    #: One that has not arrived by then is missing.
    within: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """One test mail."""

    organisation: OrganisationId
    account: AccountId
    mark: str
    sent_at: datetime
    #: When we fetched it; None: it has not arrived.
    arrived_at: datetime | None = None


def mark_of(number: int) -> str:
    """Return the mark of a random number of 128 bits.

    >>> mark_of(1)
    'svk-00000000000000000000000000000001'
    """
    return f"svk-{number:032x}"


def marks_in(original: bytes) -> frozenset[str]:
    """Return what looks like a mark at the beginning of a mail; whether it is one of ours, the database says."""
    start = original[:LOOKED_AT_BYTES]
    return frozenset(_MARK.findall(start.decode("ascii", "replace"))) if b"svk-" in start else frozenset()
