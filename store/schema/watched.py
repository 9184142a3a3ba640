"""What the watch knows: what people have handled, when things came, and how long something has been so."""

import sqlalchemy as sa

from store.columns import CleanJson, Instant, Key
from store.schema.metadata import NEVER_AGAIN, Name, RowId, Word, metadata, organisation, partial_index, row_id

#: What nobody has handled; the planners know the index by these very words.
UNHANDLED = "handled_at IS NULL"

#: One row per message that people are to handle; it says nothing of what the message is about.
handlings = sa.Table(
    "handlings",
    metadata,
    row_id(),
    organisation(),
    sa.Column("account_id", Name, nullable=False),
    #: None: of a watch_only account, whose messages are not read.
    sa.Column("message_row", RowId, sa.ForeignKey("messages.id"), unique=True),
    #: Of a watch_only account; else None.
    sa.Column("ledger_row", RowId, sa.ForeignKey("ledger.id"), unique=True),
    sa.Column("arrived_at", Instant, nullable=False),
    #: None: nobody has handled it.
    sa.Column("handled_at", Instant),
    #: The `kind` of evidence by which it is handled; empty: it is not.
    sa.Column("how", Word, nullable=False, server_default=""),
    partial_index("ix_handlings_unhandled", "account_id", "arrived_at", where=UNHANDLED),
    **NEVER_AGAIN,
)

#: How much came to an account, and how much people did in it, each hour in which something happened.
traffic = sa.Table(
    "traffic",
    metadata,
    sa.Column("account_id", Name, primary_key=True),
    #: The hour's beginning.
    sa.Column("hour_at", Instant, primary_key=True),
    organisation(),
    sa.Column("arrived", sa.Integer, nullable=False, server_default="0"),
    sa.Column("handled", sa.Integer, nullable=False, server_default="0"),
)

#: What was learned of an account's weeks.
rhythms = sa.Table(
    "rhythms",
    metadata,
    sa.Column("account_id", Name, primary_key=True),
    organisation(),
    sa.Column("learned_at", Instant, nullable=False),
    sa.Column("learned", CleanJson, nullable=False),
)

#: Since when a finding's condition holds, or holds no longer: what damps flapping.
tendencies = sa.Table(
    "tendencies",
    metadata,
    sa.Column("account_id", Name, primary_key=True),
    sa.Column("kind", Name, primary_key=True),
    organisation(),
    sa.Column("holds", sa.Boolean, nullable=False),
    sa.Column("since", Instant, nullable=False),
)

#: What an account needs and that ends: certificates, tokens.
ends = sa.Table(
    "ends",
    metadata,
    sa.Column("account_id", Name, primary_key=True),
    #: In a few words, such as `The certificate of mail.example`.
    sa.Column("what", Key, primary_key=True),
    organisation(),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
)
