"""What is to be sent, how far it got, and what holds it back."""

import sqlalchemy as sa

from store.columns import CleanJson, CleanText, Instant, Key
from store.schema.metadata import NEVER_AGAIN, Hash, Name, RowId, Word, metadata, organisation, partial_index, row_id

#: One row per (template family, address, mailbox), updated conditionally: once per window (P7).
automatic_replies = sa.Table(
    "automatic_replies",
    metadata,
    organisation(),
    sa.Column("family", Name, primary_key=True),
    sa.Column("address", Key, primary_key=True),
    sa.Column("mailbox", Key, primary_key=True),
    sa.Column("last_at", Instant, nullable=False),
    sa.Column("outgoing_id", RowId, nullable=False),
)

#: What has not come to an end; the planners know the index by these very words.
UNSETTLED = "state IN ('queued', 'retry', 'claimed', 'handing_over')"

outgoing = sa.Table(
    "outgoing",
    metadata,
    row_id(),
    organisation(),
    sa.Column("kind", Word, nullable=False),
    sa.Column("state", Word, nullable=False),
    sa.Column("account_id", Name, nullable=False),
    sa.Column("channel", Word, nullable=False),
    sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), index=True),
    #: The message it answers: at most one automatic reply each.
    sa.Column("message_row", RowId, sa.ForeignKey("messages.id")),
    sa.Column("finding_id", RowId, index=True),
    sa.Column("template", Name, nullable=False),
    sa.Column("template_version", Hash, nullable=False),
    sa.Column("language", Word, nullable=False),
    sa.Column("slots", CleanJson, nullable=False),
    # The exact text, stored before the first try (P8).
    sa.Column("message_id", CleanText, nullable=False, unique=True),
    sa.Column("sender", CleanText, nullable=False),
    sa.Column("recipient", CleanText, nullable=False),
    sa.Column("recipient_key", Key, nullable=False),
    sa.Column("envelope_sender", CleanText, nullable=False),
    sa.Column("subject", CleanText, nullable=False),
    sa.Column("text", CleanText, nullable=False),
    sa.Column("headers", CleanJson, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    # How far it got.
    sa.Column("claimed_by", CleanText),
    sa.Column("lease_until", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_try_at", Instant),
    sa.Column("sent_at", Instant),
    sa.Column("provider_id", CleanText, nullable=False, server_default=""),
    sa.Column("why", CleanText, nullable=False, server_default=""),
    sa.UniqueConstraint("message_row", "kind"),
    partial_index("ix_outgoing_unsettled", "id", where=UNSETTLED),
    sa.Index("ix_outgoing_recipient", "recipient_key", "created_at"),
    sa.Index("ix_outgoing_created_at", "created_at"),
    **NEVER_AGAIN,
)

#: Addresses that get no automatic message (domain.md 3.3 row 32).
suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("organisation_id", Name, primary_key=True),
    sa.Column("address", Key, primary_key=True),
    sa.Column("why", CleanText, nullable=False),
    sa.Column("added_at", Instant, nullable=False),
)
