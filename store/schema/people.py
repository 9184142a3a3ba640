"""Who signs in."""

import sqlalchemy as sa

from store.columns import CleanJson, CleanText, Instant, Key
from store.schema.metadata import NEVER_AGAIN, Hash, Name, RowId, metadata, organisation, row_id

users = sa.Table(
    "users",
    metadata,
    row_id(),
    organisation(),
    #: In lower case.
    sa.Column("name", Key, nullable=False, unique=True),
    sa.Column("display_name", CleanText, nullable=False),
    sa.Column("password_hash", CleanText, nullable=False),
    sa.Column("person_id", Name),
    sa.Column("units", CleanJson, nullable=False),
    sa.Column("roles", CleanJson, nullable=False),
    sa.Column("added_at", Instant, nullable=False),
    #: False: single keys do nothing (WCAG 2.1.4).
    sa.Column("uses_keys", sa.Boolean, nullable=False, server_default=sa.true()),
    **NEVER_AGAIN,
)

#: Views of the queue that somebody keeps under a name.
saved_views = sa.Table(
    "saved_views",
    metadata,
    row_id(),
    organisation(),
    #: Who saved it.
    sa.Column("user_id", RowId, sa.ForeignKey("users.id"), nullable=False),
    #: The unit that it is shared with; None: it is only for who saved it.
    sa.Column("unit_id", Name),
    sa.Column("name", CleanText, nullable=False),
    #: The filter as it stands in the address, with its question mark.
    sa.Column("query", CleanText, nullable=False),
    sa.Column("saved_at", Instant, nullable=False),
    sa.Index("ix_saved_views_organisation_id_user_id", "organisation_id", "user_id"),
    **NEVER_AGAIN,
)

sessions = sa.Table(
    "sessions",
    metadata,
    #: SHA-256 of the token in the cookie: the table alone signs nobody in.
    sa.Column("token_digest", Hash, primary_key=True),
    organisation(),
    sa.Column("user_id", RowId, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
)
