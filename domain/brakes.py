"""Brakes: how often automatic replies may go, so that no loop lives long (domain.md 3.3 rows 32-38)."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class BrakeSettings:
    """The windows and numbers of the brakes; defaults from domain.md 3.3."""

    #: Row 33: at most one receipt per address and mailbox within this time.
    receipt_window: timedelta = timedelta(hours=24)
    #: Row 33: at most one closed or absence notice per address and mailbox within this time.
    closed_window: timedelta = timedelta(days=7)
    #: Row 34: automatic messages to one address over all mailboxes within 24 hours.
    address_per_day: int = 5
    #: Row 34: automatic messages from the whole installation within one hour; above it all stop.
    installation_per_hour: int = 500
    #: Row 37: an older message at fetch gets no receipt.
    oldest: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticReply:
    """An automatic message that was sent, or is about to be."""

    template: str
    address: str
    mailbox: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyHistory:
    """What the brakes need to know, read from the store."""

    #: Automatic messages to this address within the longest window, over all mailboxes.
    to_address: tuple[AutomaticReply, ...] = ()
    #: Automatic messages of the whole installation within the last hour.
    installation_last_hour: int = 0
    #: The address is on the suppression list, with the reason (row 32).
    suppressed: str | None = None
    #: A person has written in the thread (row 35).
    human_wrote: bool = False
    #: A person has already answered (row 36), with the evidence.
    answered: str | None = None
    #: The thread already got a receipt (row 33).
    thread_receipt: bool = False
