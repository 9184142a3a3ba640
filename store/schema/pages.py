"""What Facebook pages keep beside messages and tickets."""

import sqlalchemy as sa

from store.columns import Instant
from store.schema.metadata import Hash, Name, RowId, metadata, organisation

#: How far what a page received has been looked at again, for edits and deletions.
page_rounds = sa.Table(
    "page_rounds",
    metadata,
    sa.Column("account_id", Name, primary_key=True),
    organisation(),
    #: The last row of the ledger that was asked about; the next slice comes after it.
    sa.Column("after_row", RowId, nullable=False),
    sa.Column("looked_at", Instant, nullable=False),
)

#: What a page answered within seconds, by hash: the same words to a second person are a machine's.
quick_answers = sa.Table(
    "quick_answers",
    metadata,
    sa.Column("account_id", Name, primary_key=True),
    sa.Column("words", Hash, primary_key=True),
    sa.Column("person", Hash, primary_key=True),
    organisation(),
    sa.Column("at", Instant, nullable=False),
)
