"""What is noticed: findings, and the event log."""

import sqlalchemy as sa

from store.columns import CleanJson, CleanText, Instant
from store.schema.metadata import NEVER_AGAIN, Hash, Name, RowId, metadata, organisation, partial_index, row_id

findings = sa.Table(
    "findings",
    metadata,
    row_id(),
    organisation(),
    sa.Column("account_id", Name, nullable=False, index=True),
    sa.Column("kind", Name, nullable=False),
    sa.Column("evidence", CleanText, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    #: When it last came a step further.
    sa.Column("sharpened_at", Instant),
    # One open finding of a kind per account.
    partial_index("uq_findings_open", "account_id", "kind", unique=True, where="closed_at IS NULL"),
    **NEVER_AGAIN,
)

#: Append-only. The sealer numbers and chains the rows (P13).
events = sa.Table(
    "events",
    metadata,
    row_id(),
    organisation(),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", Name, nullable=False),
    sa.Column("actor", CleanText, nullable=False),
    sa.Column("account_id", Name),
    sa.Column("message_row", RowId),
    sa.Column("ticket_id", RowId, index=True),
    sa.Column("outgoing_id", RowId),
    sa.Column("details", CleanJson, nullable=False),
    #: Of the row itself, written with it.
    sa.Column("digest", Hash, nullable=False),
    #: Given by the sealer: 1, 2, 3 … without gaps.
    sa.Column("seal", sa.BigInteger, unique=True),
    sa.Column("chain", Hash),
    partial_index("ix_events_unsealed", "id", where="seal IS NULL"),
    **NEVER_AGAIN,
)

#: One row: where the chain ends.
seal_head = sa.Table(
    "seal_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("seal", sa.BigInteger, nullable=False),
    sa.Column("chain", Hash, nullable=False),
)
