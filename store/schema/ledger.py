"""What exists in the accounts, and what was seen to happen to it."""

import sqlalchemy as sa

from store.columns import CleanJson, CleanText, Instant, Key
from store.schema.metadata import NEVER_AGAIN, Name, RowId, Word, metadata, organisation, partial_index, row_id

#: What has not disappeared; the planners know the index by these very words.
THERE = "gone_at IS NULL"

#: What no decided message was found for; likewise.
UNSETTLED_ANSWER = "settled_at IS NULL"

#: One row per identity that a provider gave: a message that was moved, or whose folder was renumbered, has several.
ledger = sa.Table(
    "ledger",
    metadata,
    row_id(),
    organisation(),
    sa.Column("account_id", Name, nullable=False),
    sa.Column("identity", CleanText, nullable=False),
    sa.Column("identity_key", Key, nullable=False),
    sa.Column("folder", CleanText, nullable=False),
    sa.Column("role", Word, nullable=False),
    sa.Column("provider_at", Instant, nullable=False),
    #: As they were seen last.
    sa.Column("flags", CleanJson, nullable=False),
    sa.Column("history", sa.Boolean, nullable=False),
    sa.Column("noted_at", Instant, nullable=False),
    #: When it was no longer there.
    sa.Column("gone_at", Instant),
    #: None: of a watch_only account, whose messages are not read.
    sa.Column("message_row", RowId, sa.ForeignKey("messages.id"), index=True),
    sa.UniqueConstraint("account_id", "identity_key"),
    partial_index("ix_ledger_there", "account_id", where=THERE),
    **NEVER_AGAIN,
)

#: What people did with a message, as far as the mailbox shows it (P4).
evidence = sa.Table(
    "evidence",
    metadata,
    row_id(),
    organisation(),
    sa.Column("account_id", Name, nullable=False),
    sa.Column("ledger_row", RowId, sa.ForeignKey("ledger.id"), nullable=False),
    sa.Column("message_row", RowId, sa.ForeignKey("messages.id")),
    sa.Column("kind", Word, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("noted_at", Instant, nullable=False),
    sa.Column("details", CleanJson, nullable=False),
    #: What makes it the same evidence when it is found again.
    sa.Column("key", Key, nullable=False),
    sa.UniqueConstraint("ledger_row", "kind", "key"),
    partial_index(
        "uq_evidence_message", "message_row", "kind", "key", unique=True, where="message_row IS NOT NULL"
    ),
    sa.Index("ix_evidence_account", "account_id", "at"),
    **NEVER_AGAIN,
)  # fmt: skip

#: One row per mail in Sent and message that it refers to; the mail itself is not kept.
sent_answers = sa.Table(
    "sent_answers",
    metadata,
    row_id(),
    organisation(),
    sa.Column("account_id", Name, nullable=False),
    #: The mail's Message-ID, else where it lies.
    sa.Column("sent_key", Key, nullable=False),
    #: The Message-ID that it refers to.
    sa.Column("answers_key", Key, nullable=False),
    #: True: by In-Reply-To; else by References.
    sa.Column("direct", sa.Boolean, nullable=False),
    #: The SHA-256 of each recipient's address: all that is asked is whether a known one is among them.
    sa.Column("recipients", CleanJson, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("noted_at", Instant, nullable=False),
    sa.Column("settled_at", Instant),
    sa.UniqueConstraint("organisation_id", "answers_key", "sent_key"),
    partial_index("ix_sent_answers_unsettled", "account_id", "noted_at", where=UNSETTLED_ANSWER),
    **NEVER_AGAIN,
)

#: How the last comparison of each account with its provider went.
reconciliations = sa.Table(
    "reconciliations",
    metadata,
    sa.Column("account_id", Name, primary_key=True),
    organisation(),
    sa.Column("tried_at", Instant, nullable=False),
    #: The last one that came to an end.
    sa.Column("at", Instant),
    sa.Column("existing", sa.Integer, nullable=False, server_default="0"),
    sa.Column("missed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("gone", sa.Integer, nullable=False, server_default="0"),
)
