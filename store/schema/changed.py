"""What people changed of accounts in the pages."""

import sqlalchemy as sa

from store.columns import CleanJson, CleanText, Instant
from store.schema.metadata import NEVER_AGAIN, Name, Word, metadata, organisation, row_id

#: Rows are never altered; the highest number says whether anything changed.
account_changes = sa.Table(
    "account_changes",
    metadata,
    row_id(),
    organisation(),
    sa.Column("account_id", Name, nullable=False, index=True),
    sa.Column("kind", Word, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", CleanText, nullable=False),
    sa.Column("reason", CleanText, nullable=False),
    #: By the setting's name: what it is changed to, and what the settings said then.
    sa.Column("overlay", CleanJson, nullable=False),
    **NEVER_AGAIN,
)
