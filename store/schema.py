"""The tables. Every row has an organisation, or belongs to the installation as a whole."""

import sqlalchemy as sa

from store.columns import CleanJson, CleanText, Instant

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: SQLite numbers rows by itself only in a plain INTEGER column.
RowId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", RowId, primary_key=True, autoincrement=True)


def _organisation() -> sa.Column[str]:
    return sa.Column("organisation_id", sa.String(100), nullable=False, index=True)


# -- what the installation as a whole has -----------------------------------------------------------------------------

#: Configurations by content hash.
sites = sa.Table(
    "sites",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
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
    sa.Column("holder", sa.String(200), nullable=False),
    sa.Column("until", Instant, nullable=False),
)

#: The last number given in each series.
counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

#: One row per (template family, address, mailbox), updated conditionally: once per window (P7).
automatic_replies = sa.Table(
    "automatic_replies",
    metadata,
    _organisation(),
    sa.Column("family", sa.String(50), primary_key=True),
    sa.Column("address", sa.String(320), primary_key=True),
    sa.Column("mailbox", sa.String(320), primary_key=True),
    sa.Column("last_at", Instant, nullable=False),
    sa.Column("outgoing_id", RowId, nullable=False),
)

# -- what arrives -----------------------------------------------------------------------------------------------------

#: How far each account is read, and how the last visits went (heartbeat).
accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("account_id", sa.String(100), primary_key=True),
    _organisation(),
    sa.Column("cursor", CleanJson),
    sa.Column("visited_at", Instant),
    sa.Column("read_at", Instant),
    sa.Column("failing_since", Instant),
    sa.Column("failed_step", sa.String(50), nullable=False, server_default=""),
    sa.Column("failure", CleanText, nullable=False, server_default=""),
)

#: The exact bytes received, compressed, keyed by the SHA-256 of the plain bytes.
originals = sa.Table(
    "originals",
    metadata,
    sa.Column("organisation_id", sa.String(100), primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("compressed", sa.LargeBinary, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("media_type", sa.String(100), nullable=False),
)

messages = sa.Table(
    "messages",
    metadata,
    _id(),
    _organisation(),
    sa.Column("account_id", sa.String(100), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("identity", sa.String(500), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("media_type", sa.String(100), nullable=False),
    sa.Column("folder", CleanText, nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("flags", CleanJson, nullable=False),
    sa.Column("provider_at", Instant, nullable=False),
    sa.Column("stored_at", Instant, nullable=False),
    sa.Column("history", sa.Boolean, nullable=False),
    sa.Column("fate", sa.String(20), nullable=False),
    # The claim.
    sa.Column("claimed_by", sa.String(200)),
    sa.Column("lease_until", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    # Filled when decided.
    sa.Column("decided_at", Instant),
    sa.Column("decided_by", sa.String(200)),
    sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), index=True),
    sa.Column("outgoing_id", RowId, index=True),
    sa.Column("arrived_at", Instant),
    sa.Column("letter", sa.String(64)),
    sa.Column("message_id", CleanText),
    sa.Column("sender_name", CleanText),
    sa.Column("sender_address", CleanText),
    sa.Column("subject", CleanText),
    sa.Column("text", CleanText),
    sa.Column("quoted", CleanText),
    sa.Column("attachments", CleanJson),
    sa.Column("defects", CleanJson),
    #: The decision with every reason, as `svarsvakt explain --json` prints it (P6).
    sa.Column("explanation", CleanJson),
    sa.UniqueConstraint("account_id", "identity"),
    sa.Index(
        "ix_messages_waiting",
        "id",
        postgresql_where=sa.text("fate = 'waiting'"),
        sqlite_where=sa.text("fate = 'waiting'"),
    ),
    sa.Index("ix_messages_message_id", "organisation_id", "message_id"),
)

#: One row per letter of an organisation: the same content that comes again belongs to the first (P2).
letters = sa.Table(
    "letters",
    metadata,
    sa.Column("organisation_id", sa.String(100), primary_key=True),
    sa.Column("letter", sa.String(64), primary_key=True),
    sa.Column("message_row", RowId, nullable=False),
)

# -- what is to be done -----------------------------------------------------------------------------------------------

tickets = sa.Table(
    "tickets",
    metadata,
    _id(),
    _organisation(),
    sa.Column("number", sa.String(20), nullable=False),
    sa.Column("unit_id", sa.String(100), nullable=False),
    sa.Column("account_id", sa.String(100), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("queue", sa.String(20), nullable=False),
    sa.Column("needs_a_look", sa.Boolean, nullable=False),
    sa.Column("look_reason", CleanText, nullable=False),
    sa.Column("category", sa.String(100), nullable=False),
    sa.Column("language", sa.String(20), nullable=False),
    sa.Column("urgency", sa.String(5), nullable=False),
    sa.Column("secrecy", sa.String(5), nullable=False),
    #: Danger to life: also seen by leads (P12).
    sa.Column("danger", sa.Boolean, nullable=False),
    sa.Column("subject", CleanText, nullable=False),
    sa.Column("sender_name", CleanText, nullable=False),
    sa.Column("sender_address", CleanText, nullable=False),
    sa.Column("arrived_at", Instant, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("notice_due_at", Instant),
    sa.Column("answer_due_at", Instant),
    sa.Column("notice_met_at", Instant),
    sa.Column("answer_met_at", Instant),
    #: The first clock that still runs; kept with every change of the four above.
    sa.Column("next_due_at", Instant),
    sa.Column("calendar", sa.String(100), nullable=False),
    sa.Column("assignee_id", RowId),
    sa.UniqueConstraint("organisation_id", "number"),
    sa.Index("ix_tickets_queue", "organisation_id", "status", "next_due_at"),
)

# -- what is to be sent -----------------------------------------------------------------------------------------------

outgoing = sa.Table(
    "outgoing",
    metadata,
    _id(),
    _organisation(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("account_id", sa.String(100), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), index=True),
    #: The message it answers: at most one automatic reply each.
    sa.Column("message_row", RowId, sa.ForeignKey("messages.id")),
    sa.Column("finding_id", RowId, index=True),
    sa.Column("template", sa.String(100), nullable=False),
    sa.Column("template_version", sa.String(64), nullable=False),
    sa.Column("language", sa.String(20), nullable=False),
    sa.Column("slots", CleanJson, nullable=False),
    # The exact text, stored before the first try (P8).
    sa.Column("message_id", sa.String(500), nullable=False, unique=True),
    sa.Column("sender", CleanText, nullable=False),
    sa.Column("recipient", CleanText, nullable=False),
    sa.Column("envelope_sender", CleanText, nullable=False),
    sa.Column("subject", CleanText, nullable=False),
    sa.Column("text", CleanText, nullable=False),
    sa.Column("headers", CleanJson, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    # How far it got.
    sa.Column("claimed_by", sa.String(200)),
    sa.Column("lease_until", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_try_at", Instant),
    sa.Column("sent_at", Instant),
    sa.Column("provider_id", CleanText, nullable=False, server_default=""),
    sa.Column("why", CleanText, nullable=False, server_default=""),
    sa.UniqueConstraint("message_row", "kind"),
    sa.Index("ix_outgoing_to_send", "state", "next_try_at"),
    sa.Index("ix_outgoing_recipient", "recipient", "created_at"),
    sa.Index("ix_outgoing_created_at", "created_at"),
)

#: Addresses that get no automatic message (domain.md 3.3 row 32).
suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("organisation_id", sa.String(100), primary_key=True),
    sa.Column("address", sa.String(320), primary_key=True),
    sa.Column("why", CleanText, nullable=False),
    sa.Column("added_at", Instant, nullable=False),
)

# -- what is noticed --------------------------------------------------------------------------------------------------

findings = sa.Table(
    "findings",
    metadata,
    _id(),
    _organisation(),
    sa.Column("account_id", sa.String(100), nullable=False, index=True),
    sa.Column("kind", sa.String(50), nullable=False),
    sa.Column("evidence", CleanText, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    # One open finding of a kind per account.
    sa.Index(
        "uq_findings_open",
        "account_id",
        "kind",
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    ),
)

#: Append-only. The sealer numbers and chains the rows (P13).
events = sa.Table(
    "events",
    metadata,
    _id(),
    sa.Column("organisation_id", sa.String(100), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.String(50), nullable=False),
    sa.Column("actor", sa.String(200), nullable=False),
    sa.Column("account_id", sa.String(100)),
    sa.Column("message_row", RowId),
    sa.Column("ticket_id", RowId, index=True),
    sa.Column("outgoing_id", RowId),
    sa.Column("details", CleanJson, nullable=False),
    #: Of the row itself, written with it.
    sa.Column("digest", sa.String(64), nullable=False),
    #: Given by the sealer: 1, 2, 3 … without gaps.
    sa.Column("seal", sa.BigInteger, unique=True),
    sa.Column("chain", sa.String(64)),
)

#: One row: where the chain ends.
seal_head = sa.Table(
    "seal_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("seal", sa.BigInteger, nullable=False),
    sa.Column("chain", sa.String(64), nullable=False),
)

# -- who signs in -----------------------------------------------------------------------------------------------------

users = sa.Table(
    "users",
    metadata,
    _id(),
    _organisation(),
    sa.Column("name", sa.String(100), nullable=False, unique=True),
    sa.Column("display_name", CleanText, nullable=False),
    sa.Column("password_hash", CleanText, nullable=False),
    sa.Column("person_id", sa.String(100)),
    sa.Column("units", CleanJson, nullable=False),
    sa.Column("roles", CleanJson, nullable=False),
    sa.Column("added_at", Instant, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    #: SHA-256 of the token in the cookie: the table alone signs nobody in.
    sa.Column("token_digest", sa.String(64), primary_key=True),
    sa.Column("organisation_id", sa.String(100), nullable=False),
    sa.Column("user_id", RowId, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
)
