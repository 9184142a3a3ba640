"""Outgoing messages: what is to be sent, the exact text, and how far it got (P8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from domain.account import Channel
from domain.ids import AccountId, OrganisationId, OutgoingId


class OutgoingKind(StrEnum):
    """Why it is sent; brakes apply to automatic replies only."""

    #: The automatic reply to a citizen.
    receipt = "receipt"
    #: The automatic word that an answer takes longer, with a new time.
    holding = "holding"
    #: A person's answer.
    answer = "answer"
    #: To a manager, about an account.
    alert = "alert"
    #: A comment that is to be hidden, with the reason; no answer.
    hiding = "hiding"
    #: What a person sent on to somebody outside, with a word of their own.
    forwarded = "forwarded"


#: Replies that no person wrote to a citizen: each passes the brakes before it goes (domain.md 3.3 rows 32-38).
AUTOMATIC_REPLIES = frozenset({OutgoingKind.receipt, OutgoingKind.holding})

#: The mail that gathers what can wait until the morning.
DIGEST = "digest"
#: The template for danger to life, and what stands for it in a language that has no whole text.
URGENT = "urgent"
OF_DANGER = frozenset({URGENT, "urgent_lines"})


class Turn(IntEnum):
    """What goes first of all that waits to be sent: the lower number, and within one what was written first."""

    #: Somebody must act on it.
    alert = 0
    danger = 1
    #: Whoever wrote waits with the telephone in hand.
    sms = 2
    #: Mail, and what goes out on a page, which is read every half minute: a pile comes at once.
    other = 3


def turn_of(outgoing: "Outgoing") -> Turn:
    """Return when a message has its turn."""
    if outgoing.kind is OutgoingKind.alert and outgoing.template != DIGEST:
        return Turn.alert
    if outgoing.template in OF_DANGER:
        return Turn.danger
    return Turn.sms if outgoing.channel is Channel.sms else Turn.other


def named_answer_at(slots: Mapping[str, str]) -> datetime | None:
    """Return the time by which a text says that an answer comes; None: it names none."""
    named = slots.get("answer_at")
    return datetime.fromisoformat(named) if named else None


class SendState(StrEnum):
    """How far a send got."""

    queued = "queued"
    #: A worker holds it, nothing has left.
    claimed = "claimed"
    #: Committed just before the wire takes it; a crash here is uncertain.
    handing_over = "handing_over"
    sent = "sent"
    #: Failed before the wire took it; tried again later.
    retry = "retry"
    #: It may have gone; a person is asked.
    uncertain = "uncertain"
    #: The receiving side said no for good.
    refused = "refused"
    #: A brake or a person stopped it.
    cancelled = "cancelled"
    #: Decided and rendered, but the account is in shadow (P14).
    shadow = "shadow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """An intent to send: the template and its values; only the outbox turns it into text."""

    kind: OutgoingKind
    organisation: OrganisationId
    account: AccountId
    channel: Channel
    recipient: str
    template: str
    language: str
    slots: Mapping[str, str]
    #: Message-IDs it answers, oldest first.
    references: tuple[str, ...] = ()
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that goes with an outgoing message: an attachment of our own."""

    #: As the reader sees it, without a path.
    name: str
    #: Such as `application/pdf`.
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The exact text with recipient and headers: what a Sink gets, never a template."""

    id: OutgoingId
    kind: OutgoingKind
    account: AccountId
    channel: Channel
    #: With angle brackets; fixed before the first try (P8).
    message_id: str
    #: Address with display name, as it stands in From.
    sender: str
    recipient: str
    #: Empty: the null path `<>`.
    envelope_sender: str
    subject: str
    text: str
    #: Further headers, in order.
    headers: tuple[tuple[str, str], ...] = ()
    #: The same words as `text`, marked up; empty: there is only the text.
    html: str = ""
    #: Only a person's answer has any (domain.md 3.6), in order.
    attachments: tuple[AttachedFile, ...] = ()
    #: When it was put into the outbox; None: it never lay there.
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the provider said when it took the message (*kvittens*)."""

    accepted_at: datetime
    #: The provider's own identity or answer line.
    provider_id: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


class Found(StrEnum):
    """Whether an uncertain send went."""

    found = "found"
    not_found = "not_found"
    cannot_tell = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Trace:
    """What a connector found of an uncertain send."""

    found: Found
    #: The provider's own identity of it, as a receipt would have named it.
    provider_id: str = ""


#: Nothing of it is there; it cannot be told whether it went.
NO_TRACE, CANNOT_TELL = Trace(Found.not_found), Trace(Found.cannot_tell)
