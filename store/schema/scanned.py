"""What a virus scanner said of files."""

import sqlalchemy as sa

from store.columns import CleanText, Instant
from store.schema.metadata import Hash, Word, metadata, organisation

#: The last verdict on each content.
scans = sa.Table(
    "scans",
    metadata,
    organisation(primary_key=True),
    #: SHA-256 of what was given to the scanner.
    sa.Column("digest", Hash, primary_key=True),
    sa.Column("said", Word, nullable=False),
    #: The version of the scanner's signatures.
    sa.Column("signatures", CleanText, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
)
