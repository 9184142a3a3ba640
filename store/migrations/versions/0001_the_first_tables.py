"""The first tables.

Revision: 0001, after nothing
"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("cursor", store.columns.CleanJson(none_as_null=True), nullable=True),
        sa.Column("visited_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("read_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("failing_since", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("failed_step", sa.String(length=100), server_default="", nullable=False),
        sa.Column("failure", store.columns.CleanText(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_accounts")),
    )
    op.create_table(
        "automatic_replies",
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("family", sa.String(length=100), nullable=False),
        sa.Column("address", store.columns.Key(), nullable=False),
        sa.Column("mailbox", store.columns.Key(), nullable=False),
        sa.Column("last_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("outgoing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("family", "address", "mailbox", name=op.f("pk_automatic_replies")),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("actor", store.columns.CleanText(), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=True),
        sa.Column("message_row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("outgoing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("details", store.columns.CleanJson(none_as_null=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.BigInteger(), nullable=True),
        sa.Column("chain", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("seal", name=op.f("uq_events_seal")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(
            "ix_events_unsealed",
            ["id"],
            unique=False,
            postgresql_where=sa.text("seal IS NULL"),
            sqlite_where=sa.text("seal IS NULL"),
        )

    op.create_table(
        "findings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("evidence", store.columns.CleanText(), nullable=False),
        sa.Column("opened_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("closed_at", store.columns.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_findings_account_id"), ["account_id"], unique=False)
        batch_op.create_index(
            "uq_findings_open",
            ["account_id", "kind"],
            unique=True,
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("holder", store.columns.CleanText(), nullable=False),
        sa.Column("until", store.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "letters",
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("letter", sa.String(length=64), nullable=False),
        sa.Column("message_row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "letter", name=op.f("pk_letters")),
    )
    op.create_table(
        "originals",
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("compressed", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "digest", name=op.f("pk_originals")),
    )
    op.create_table(
        "seal_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seal", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_head")),
    )
    op.create_table(
        "sites",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", store.columns.CleanText(), nullable=False),
        sa.Column("added_at", store.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sites")),
    )
    op.create_table(
        "suppressions",
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("address", store.columns.Key(), nullable=False),
        sa.Column("why", store.columns.CleanText(), nullable=False),
        sa.Column("added_at", store.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "address", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("queue", sa.String(length=20), nullable=False),
        sa.Column("needs_a_look", sa.Boolean(), nullable=False),
        sa.Column("look_reason", store.columns.CleanText(), nullable=False),
        sa.Column("category", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("urgency", sa.String(length=20), nullable=False),
        sa.Column("secrecy", sa.String(length=20), nullable=False),
        sa.Column("danger", sa.Boolean(), nullable=False),
        sa.Column("subject", store.columns.CleanText(), nullable=False),
        sa.Column("sender_name", store.columns.CleanText(), nullable=False),
        sa.Column("sender_address", store.columns.CleanText(), nullable=False),
        sa.Column("arrived_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("opened_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("closed_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("notice_due_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("answer_due_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("notice_met_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("answer_met_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("next_due_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("calendar", sa.String(length=100), nullable=False),
        sa.Column("assignee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_tickets_organisation_id_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index("ix_tickets_queue", ["status", "organisation_id", "next_due_at", "id"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("name", store.columns.Key(), nullable=False),
        sa.Column("display_name", store.columns.CleanText(), nullable=False),
        sa.Column("password_hash", store.columns.CleanText(), nullable=False),
        sa.Column("person_id", sa.String(length=100), nullable=True),
        sa.Column("units", store.columns.CleanJson(none_as_null=True), nullable=False),
        sa.Column("roles", store.columns.CleanJson(none_as_null=True), nullable=False),
        sa.Column("added_at", store.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "active_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("activated_at", store.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["sites.digest"], name=op.f("fk_active_site_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_active_site")),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("identity", store.columns.CleanText(), nullable=False),
        sa.Column("identity_key", store.columns.Key(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("folder", store.columns.CleanText(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("flags", store.columns.CleanJson(none_as_null=True), nullable=False),
        sa.Column("provider_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("stored_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("history", sa.Boolean(), nullable=False),
        sa.Column("fate", sa.String(length=20), nullable=False),
        sa.Column("claimed_by", store.columns.CleanText(), nullable=True),
        sa.Column("lease_until", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("decided_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("decided_by", store.columns.CleanText(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("outgoing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("arrived_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("letter", sa.String(length=64), nullable=True),
        sa.Column("message_id", store.columns.CleanText(), nullable=True),
        sa.Column("message_id_key", store.columns.Key(), nullable=True),
        sa.Column("sender_name", store.columns.CleanText(), nullable=True),
        sa.Column("sender_address", store.columns.CleanText(), nullable=True),
        sa.Column("subject", store.columns.CleanText(), nullable=True),
        sa.Column("text", store.columns.CleanText(), nullable=True),
        sa.Column("quoted", store.columns.CleanText(), nullable=True),
        sa.Column("attachments", store.columns.CleanJson(none_as_null=True), nullable=True),
        sa.Column("defects", store.columns.CleanJson(none_as_null=True), nullable=True),
        sa.Column("explanation", store.columns.CleanJson(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_messages_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("account_id", "identity_key", name=op.f("uq_messages_account_id_identity_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_digest", ["organisation_id", "digest"], unique=False)
        batch_op.create_index("ix_messages_message_id", ["organisation_id", "message_id_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_outgoing_id"), ["outgoing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(
            "ix_messages_waiting",
            ["id"],
            unique=False,
            postgresql_where=sa.text("fate = 'waiting'"),
            sqlite_where=sa.text("fate = 'waiting'"),
        )

    op.create_table(
        "sessions",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("seen_at", store.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_sessions")),
    )
    op.create_table(
        "outgoing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("message_row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("finding_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("template", sa.String(length=100), nullable=False),
        sa.Column("template_version", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("slots", store.columns.CleanJson(none_as_null=True), nullable=False),
        sa.Column("message_id", store.columns.CleanText(), nullable=False),
        sa.Column("sender", store.columns.CleanText(), nullable=False),
        sa.Column("recipient", store.columns.CleanText(), nullable=False),
        sa.Column("recipient_key", store.columns.Key(), nullable=False),
        sa.Column("envelope_sender", store.columns.CleanText(), nullable=False),
        sa.Column("subject", store.columns.CleanText(), nullable=False),
        sa.Column("text", store.columns.CleanText(), nullable=False),
        sa.Column("headers", store.columns.CleanJson(none_as_null=True), nullable=False),
        sa.Column("created_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("claimed_by", store.columns.CleanText(), nullable=True),
        sa.Column("lease_until", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("sent_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("provider_id", store.columns.CleanText(), server_default="", nullable=False),
        sa.Column("why", store.columns.CleanText(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["message_row"], ["messages.id"], name=op.f("fk_outgoing_message_row")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_outgoing_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outgoing_message_id")),
        sa.UniqueConstraint("message_row", "kind", name=op.f("uq_outgoing_message_row_kind")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.create_index("ix_outgoing_created_at", ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outgoing_finding_id"), ["finding_id"], unique=False)
        batch_op.create_index("ix_outgoing_recipient", ["recipient_key", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outgoing_ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(
            "ix_outgoing_unsettled",
            ["id"],
            unique=False,
            postgresql_where=sa.text("state IN ('queued', 'retry', 'claimed', 'handing_over')"),
            sqlite_where=sa.text("state IN ('queued', 'retry', 'claimed', 'handing_over')"),
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outgoing_unsettled",
            postgresql_where=sa.text("state IN ('queued', 'retry', 'claimed', 'handing_over')"),
            sqlite_where=sa.text("state IN ('queued', 'retry', 'claimed', 'handing_over')"),
        )
        batch_op.drop_index(batch_op.f("ix_outgoing_ticket_id"))
        batch_op.drop_index("ix_outgoing_recipient")
        batch_op.drop_index(batch_op.f("ix_outgoing_finding_id"))
        batch_op.drop_index("ix_outgoing_created_at")

    op.drop_table("outgoing")
    op.drop_table("sessions")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_messages_waiting",
            postgresql_where=sa.text("fate = 'waiting'"),
            sqlite_where=sa.text("fate = 'waiting'"),
        )
        batch_op.drop_index(batch_op.f("ix_messages_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_messages_outgoing_id"))
        batch_op.drop_index("ix_messages_message_id")
        batch_op.drop_index("ix_messages_digest")

    op.drop_table("messages")
    op.drop_table("active_site")
    op.drop_table("users")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_index("ix_tickets_queue")

    op.drop_table("tickets")
    op.drop_table("suppressions")
    op.drop_table("sites")
    op.drop_table("seal_head")
    op.drop_table("originals")
    op.drop_table("letters")
    op.drop_table("leases")
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_findings_open", postgresql_where=sa.text("closed_at IS NULL"), sqlite_where=sa.text("closed_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_findings_account_id"))

    op.drop_table("findings")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_events_unsealed", postgresql_where=sa.text("seal IS NULL"), sqlite_where=sa.text("seal IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_events_ticket_id"))

    op.drop_table("events")
    op.drop_table("counters")
    op.drop_table("automatic_replies")
    op.drop_table("accounts")
