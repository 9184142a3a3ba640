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
    #: Who the identity provider says it is; nobody else ever gets it. NULL: a local account.
    sa.Column("subject", Key, unique=True, index=True),
    #: Since when nobody signs in as this user; NULL: somebody may.
    sa.Column("closed_at", Instant),
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
    #: The kind of browser and machine, in words that fit thousands of people.
    sa.Column("device", CleanText, nullable=False, server_default=""),
    #: Whether the identity provider said who it is.
    sa.Column("by_provider", sa.Boolean, nullable=False, server_default=sa.false()),
)

#: Sign-ins that have begun: at the identity provider, or with a password that a code must follow.
sign_ins = sa.Table(
    "sign_ins",
    metadata,
    #: SHA-256 of the token in the cookie.
    sa.Column("token_digest", Hash, primary_key=True),
    sa.Column("started_at", Instant, nullable=False),
    #: The page that was asked for.
    sa.Column("next", CleanText, nullable=False, server_default=""),
    sa.Column("state", CleanText, nullable=False, server_default=""),
    sa.Column("nonce", CleanText, nullable=False, server_default=""),
    sa.Column("verifier", CleanText, nullable=False, server_default=""),
    #: Whose password was right; NULL: it is not known yet who it is.
    sa.Column("user_id", RowId, sa.ForeignKey("users.id", ondelete="CASCADE")),
)

#: What stands behind the codes of somebody's telephone. The key itself is made of the salt and a secret.
codes = sa.Table(
    "codes",
    metadata,
    sa.Column("user_id", RowId, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    organisation(),
    sa.Column("salt", CleanText, nullable=False),
    #: Since when codes are asked for; NULL: the telephone has not shown yet that it has the key.
    sa.Column("since", Instant),
    #: The step of time of the last code that was used: none is used twice.
    sa.Column("last_step", sa.BigInteger, nullable=False, server_default="0"),
    #: The digest under the key of each spare code that is left.
    sa.Column("spare", CleanJson, nullable=False),
)

#: How often somebody tried to sign in: one row a name or network address, by its hash, gone when its window is over.
tries = sa.Table(
    "tries",
    metadata,
    sa.Column("key", Hash, primary_key=True),
    #: When its window began.
    sa.Column("since", Instant, nullable=False, index=True),
    sa.Column("count", sa.Integer, nullable=False),
)
