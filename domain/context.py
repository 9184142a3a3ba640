"""What triage must know beside the message: gathered by the pipeline, so that triage stays pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.account import Account
from domain.brakes import ReplyHistory
from domain.message import Message


class Thread(StrEnum):
    """What a message carries on, as far as its In-Reply-To and References tell."""

    #: It refers to nothing.
    new = "new"
    #: It refers to messages that are not ours.
    elsewhere = "elsewhere"
    #: It answers an automatic message of ours.
    receipt = "receipt"
    #: Its sender has an open ticket at this account, where the channel knows no other threads.
    open = "open"
    #: It answers what a person of ours wrote.
    conversation = "conversation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The facts around one message."""

    account: Account
    #: When the decision is made; aware UTC.
    now: datetime
    history: ReplyHistory = ReplyHistory()
    #: Message-IDs among In-Reply-To and References that are ours and were sent automatically.
    our_automatic_ids: frozenset[str] = frozenset()
    #: Message-IDs among them that are ours and were written by a person.
    our_human_ids: frozenset[str] = frozenset()
    #: Message-IDs named inside a delivery report that are ours.
    reported_ids: frozenset[str] = frozenset()
    #: The same Message-ID has come before: "same" content or "other" content (row 10); None: never.
    seen_before: str | None = None
    #: Other accounts of ours that got the same Message-ID (row 27), the one that replies first.
    sibling_accounts: tuple[str, ...] = field(default=())
    #: True: the mailbox counts as addressed whatever the headers say (row 26), as when a file is tried out.
    taken_as_addressed: bool = False
    #: The sender's earlier language, for texts too short to tell.
    earlier_language: str | None = None
    #: The correspondent has an open ticket at this account; channels without threads go by this (3.7 rows 5, 6).
    thread_open: bool = False
    #: Why the number gets no SMS, such as error 21610 of the provider (3.7 row 3); None: it gets them.
    opted_out: str | None = None
    #: SMS within the last hour from numbers that begin like this one, this one included (3.7 row 7).
    prefix_last_hour: int = 0
    #: Who wrote on Facebook is a page, not a person (3.8 row 8).
    sender_is_page: bool = False
    #: A private reply to this comment has gone; there may be one (3.8 row 7).
    private_reply_sent: bool = False
    #: The page answers by itself, by Meta's own settings (3.8 row 9).
    instant_reply_on: bool = False
    #: We have written to the sender before; asked only where a rule asks.
    known_contact: bool = False


def thread_of(message: Message, context: Context) -> Thread:
    """Return what the message carries on."""
    if context.our_human_ids:
        return Thread.conversation
    if context.our_automatic_ids:
        return Thread.receipt
    if context.thread_open:
        return Thread.open
    return Thread.elsewhere if message.in_reply_to or message.references else Thread.new
