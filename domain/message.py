"""Messages: what a channel delivers, and what we can read in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from domain.account import Channel
from domain.errors import Unreachable
from domain.page import PageActivity


class FolderRole(StrEnum):
    """What a folder is for; other channels know only the inbox."""

    inbox = "inbox"
    junk = "junk"
    sent = "sent"


class Fate(StrEnum):
    """Where a message stands; every message has exactly one (design.md section 7)."""

    #: Stored, not yet decided.
    waiting = "waiting"
    #: Belongs to a ticket.
    ticket = "ticket"
    #: Belongs to the outgoing message it answers or reports on.
    attached = "attached"
    #: Kept, not shown as work.
    technical = "technical"
    #: Lay in the account at first connection (P14).
    history = "history"


class FileState(StrEnum):
    """Whether we have a picture or a file that a provider keeps beside a message."""

    stored = "stored"
    #: Named, and still to be fetched; tried again until it comes.
    waiting = "waiting"
    #: Larger than the account's limit: it stays at the provider.
    too_large = "too_large"
    #: The provider no longer has it.
    gone = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture or a file that a provider keeps beside the message."""

    name: str
    #: Empty: it is known when the file is.
    media_type: str = ""
    state: FileState = FileState.stored
    #: Empty unless stored.
    content: bytes = b""
    #: Where the source finds it, while it waits; opaque to everybody else.
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An original as a Source delivers it."""

    #: The channel's own identity, unique within the account: folder/UIDVALIDITY/UID, a SID, a Graph id (P2).
    identity: str
    #: Exactly the bytes the provider gave.
    original: bytes
    #: message/rfc822 or application/json.
    media_type: str
    #: When the provider says it arrived (INTERNALDATE, creation time); aware UTC.
    provider_at: datetime
    folder: str = ""
    role: FolderRole = FolderRole.inbox
    #: As the server writes them: \\Seen, \\Answered.
    flags: frozenset[str] = frozenset()
    #: True: it lay there at first connection (P14).
    history: bool = False
    #: What came with it and is no part of the original, in the provider's order; fetched with it, or named only.
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Something a Source saw happen to a message it delivered earlier."""

    identity: str
    #: flags: details hold `flags` and `role`, of a watch_only account also `at` and `history`.
    #: sent: a mail that left the account; details hold its `headers`, raw, and `at`.
    #: delivery: how far one of our messages has come; the identity is the provider's own, details are those of
    #: `domain.delivery.Delivery`.
    #: edited, gone; echo: an answer that a page gave, with what it answers.
    kind: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Everything of one folder that exists and was delivered: what was delivered and is not among it is gone."""

    folder: str
    identities: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one fetch brought; stored in one transaction together with the cursor (P1)."""

    arrivals: tuple[Arrival, ...]
    observations: tuple[Observation, ...] = ()
    #: Of folders from which something has disappeared.
    listings: tuple[Listing, ...] = ()
    #: Identities that the provider lists and will not hand over; the source asks for them again at each visit.
    withheld: tuple[str, ...] = ()
    #: Why a folder beside the inbox could not be opened; the others were read.
    fault: Unreachable | None = None
    #: Opaque JSON: only the Source that wrote it reads it.
    next_cursor: Mapping[str, Any] = field(default_factory=dict)
    #: True: fetch again at once, more is waiting.
    more: bool = False
    #: Nothing was asked: the provider's limit is near, and the next visit that asks comes then.
    rests_until: datetime | None = None
    #: What the account ends by, in a few words, and when; None: nothing was asked about it.
    ends: tuple[tuple[str, datetime], ...] | None = None
    #: Of a page: what it has done itself.
    activity: PageActivity | None = None


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and an address as in a From header; the address is in lower case."""

    address: str
    name: str = ""


class AttachmentKind(StrEnum):
    """What an attachment is, as far as whoever must open it wants to know."""

    file = "file"
    #: A mail forwarded whole.
    message = "message"
    #: An event that nobody is invited to.
    calendar = "calendar"
    invitation = "invitation"
    invitation_answer = "invitation_answer"
    cancellation = "cancellation"
    #: Says who wrote, by S/MIME or PGP; there is nothing to read in it.
    signature = "signature"
    #: Only the receiver's own mail program opens it.
    encrypted = "encrypted"
    #: Outlook's own wrapping (TNEF) of text and attachments.
    winmail = "winmail"
    #: What became of a mail, for machines.
    report = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part that is not the text, named but not decoded."""

    name: str
    media_type: str
    size_bytes: int
    kind: AttachmentKind = AttachmentKind.file
    #: The subject of a forwarded mail or the summary of a meeting.
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One citizen's (or machine's) message, parsed; the same for every channel."""

    channel: Channel
    #: Earliest trusted time (P5, domain.md 5.4 C1); aware UTC.
    arrived_at: datetime
    #: Whose time that is, in words; empty where the channel knows only one.
    arrival_why: str = ""
    #: How much later than the border server the provider says that it arrived; negative: earlier; None: no such stamp.
    arrival_difference: timedelta | None = None
    sender: Mailbox | None = None
    subject: str = ""
    #: The author's own new text, newlines as \\n.
    text: str = ""
    #: Earlier messages quoted below it, kept apart because they never decide.
    quoted: str = ""
    #: Every header in order, names in lower case, values decoded and on one line.
    headers: tuple[tuple[str, str], ...] = ()
    #: With angle brackets, as in the header; None when missing.
    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    #: None: no Return-Path header; empty: the null path `<>`.
    return_path: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    resent: tuple[str, ...] = ()
    date: datetime | None = None
    #: Lower-case media types of all parts, outermost first.
    media_types: tuple[str, ...] = ()
    #: The report-type parameter of multipart/report, in lower case.
    report_type: str | None = None
    attachments: tuple[Attachment, ...] = ()
    role: FolderRole = FolderRole.inbox
    flags: frozenset[str] = frozenset()
    size_bytes: int = 0
    #: What was wrong with it, in words; empty when well formed.
    defects: tuple[str, ...] = ()
    #: True: the structure could not be read; a person must look at the original (P1).
    unreadable: bool = False

    def header(self, name: str) -> str | None:
        """Return the first header of that name, or None."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    def header_values(self, name: str) -> tuple[str, ...]:
        """Return every header of that name, in order."""
        return tuple(value for key, value in self.headers if key == name.lower())
