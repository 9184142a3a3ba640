"""What triage must know beside the message: gathered by the pipeline, so that triage stays pure."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.account import Account
from domain.brakes import ReplyHistory


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
