"""What the installation as a whole has: configurations, leases, counters."""

import sqlalchemy as sa

from store.columns import CleanText, Instant
from store.schema.metadata import Hash, metadata

#: Configurations by content hash.
sites = sa.Table(
    "sites",
    metadata,
    sa.Column("digest", Hash, primary_key=True),
    sa.Column("content", CleanText, nullable=False),
    sa.Column("added_at", Instant, nullable=False),
)

#: One row: which configuration is active.
active_site = sa.Table(
    "active_site",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("digest", sa.ForeignKey("sites.digest"), nullable=False),
    sa.Column("activated_at", Instant, nullable=False),
)

#: Who may do what alone, until when; the database's clock decides.
leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("holder", CleanText, nullable=False),
    sa.Column("until", Instant, nullable=False),
)

#: The last number given in each series.
counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
