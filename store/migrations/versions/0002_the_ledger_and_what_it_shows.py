"""The ledger of what exists, evidence of handling, what Sent answers, and reconciliations.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: What was stored before there was a ledger exists in it as it was then.
FILL = """
INSERT INTO ledger (organisation_id, account_id, identity, identity_key, folder, role, provider_at, flags, history,
    noted_at, message_row)
SELECT organisation_id, account_id, identity, identity_key, folder, role, provider_at, flags, history, stored_at, id
FROM messages ORDER BY id
"""


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "reconciliations",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("tried_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("existing", sa.Integer(), server_default="0", nullable=False),
        sa.Column("missed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("gone", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_reconciliations")),
    )
    op.create_table(
        "sent_answers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("sent_key", store.columns.Key(), nullable=False),
        sa.Column("answers_key", store.columns.Key(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("recipients", store.columns.CleanJson(none_as_null=True), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("noted_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("settled_at", store.columns.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_answers")),
        sa.UniqueConstraint(
            "organisation_id",
            "answers_key",
            "sent_key",
            name=op.f("uq_sent_answers_organisation_id_answers_key_sent_key"),
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sent_answers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sent_answers_unsettled",
            ["account_id", "noted_at"],
            unique=False,
            postgresql_where=sa.text("settled_at IS NULL"),
            sqlite_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "ledger",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("identity", store.columns.CleanText(), nullable=False),
        sa.Column("identity_key", store.columns.Key(), nullable=False),
        sa.Column("folder", store.columns.CleanText(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("provider_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("flags", store.columns.CleanJson(none_as_null=True), nullable=False),
        sa.Column("history", sa.Boolean(), nullable=False),
        sa.Column("noted_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("gone_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("message_row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["message_row"], ["messages.id"], name=op.f("fk_ledger_message_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("account_id", "identity_key", name=op.f("uq_ledger_account_id_identity_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_message_row"), ["message_row"], unique=False)
        batch_op.create_index(
            "ix_ledger_there",
            ["account_id"],
            unique=False,
            postgresql_where=sa.text("gone_at IS NULL"),
            sqlite_where=sa.text("gone_at IS NULL"),
        )

    op.create_table(
        "evidence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("ledger_row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("noted_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("details", store.columns.CleanJson(none_as_null=True), nullable=False),
        sa.Column("key", store.columns.Key(), nullable=False),
        sa.ForeignKeyConstraint(["ledger_row"], ["ledger.id"], name=op.f("fk_evidence_ledger_row")),
        sa.ForeignKeyConstraint(["message_row"], ["messages.id"], name=op.f("fk_evidence_message_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("ledger_row", "kind", "key", name=op.f("uq_evidence_ledger_row_kind_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_account", ["account_id", "at"], unique=False)
        batch_op.create_index(
            "uq_evidence_message",
            ["message_row", "kind", "key"],
            unique=True,
            postgresql_where=sa.text("message_row IS NOT NULL"),
            sqlite_where=sa.text("message_row IS NOT NULL"),
        )

    op.execute(FILL)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_evidence_message",
            postgresql_where=sa.text("message_row IS NOT NULL"),
            sqlite_where=sa.text("message_row IS NOT NULL"),
        )
        batch_op.drop_index("ix_evidence_account")

    op.drop_table("evidence")
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_ledger_there", postgresql_where=sa.text("gone_at IS NULL"), sqlite_where=sa.text("gone_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_ledger_message_row"))

    op.drop_table("ledger")
    with op.batch_alter_table("sent_answers", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_sent_answers_unsettled",
            postgresql_where=sa.text("settled_at IS NULL"),
            sqlite_where=sa.text("settled_at IS NULL"),
        )

    op.drop_table("sent_answers")
    op.drop_table("reconciliations")
