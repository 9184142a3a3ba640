"""Test mails of ours from outside."""

import sqlalchemy as sa

from store.columns import Instant
from store.schema.metadata import Name, metadata, organisation

canaries = sa.Table(
    "canaries",
    metadata,
    sa.Column("mark", Name, primary_key=True),
    organisation(),
    sa.Column("account_id", Name, nullable=False),
    sa.Column("sent_at", Instant, nullable=False),
    sa.Column("arrived_at", Instant),
    sa.Index("ix_canaries_account", "account_id", "sent_at"),
)
