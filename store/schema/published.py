"""What the public contact pages show."""

import sqlalchemy as sa

from store.columns import CleanText, Instant, Key
from store.schema.metadata import metadata, organisation

#: How the last visits to each page went, for each organisation that names it (P12).
read_pages = sa.Table(
    "read_pages",
    metadata,
    organisation(primary_key=True),
    sa.Column("url", Key, primary_key=True),
    sa.Column("tried_at", Instant, nullable=False),
    sa.Column("read_at", Instant),
    sa.Column("etag", CleanText, nullable=False, server_default=""),
    sa.Column("modified", CleanText, nullable=False, server_default=""),
    sa.Column("failure", CleanText, nullable=False, server_default=""),
)

#: One row per organisation, address and page that showed it; it stands there as long as it was seen when the page was
#: read last.
shown_addresses = sa.Table(
    "shown_addresses",
    metadata,
    organisation(primary_key=True),
    sa.Column("page", Key, primary_key=True),
    sa.Column("address", Key, primary_key=True),
    sa.Column("first_seen_at", Instant, nullable=False),
    sa.Column("last_seen_at", Instant, nullable=False),
)
