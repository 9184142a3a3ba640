"""What SMS need kept: files, delivery, who may be reached.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    _add_files()
    _add_contact_points()
    _add_deliveries()
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bounce_why", store.columns.CleanText(), server_default="", nullable=False))
    _partial(
        "ix_outgoing_provider_id", "outgoing", ["account_id", "provider_id"], "provider_id <> '' AND channel <> 'email'"
    )
    _partial("ix_messages_sms", "messages", ["organisation_id", "stored_at"], "channel = 'sms'")


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_messages_sms", "messages")
    op.drop_index("ix_outgoing_provider_id", "outgoing")
    op.execute("ALTER TABLE outgoing DROP COLUMN bounce_why")
    for table in ("deliveries", "contact_points", "files"):
        op.drop_table(table)


def _add_files() -> None:
    op.create_table(
        "files",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("message_row", ROW, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", store.columns.CleanText(), nullable=False),
        sa.Column("media_type", store.columns.CleanText(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("reference", store.columns.CleanText(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", store.columns.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_row"], ["messages.id"], name=op.f("fk_files_message_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("message_row", "position", name=op.f("uq_files_message_row_position")),
        sqlite_autoincrement=True,
    )
    _partial("ix_files_waiting", "files", ["account_id"], "state = 'waiting'")


def _add_contact_points() -> None:
    op.create_table(
        "contact_points",
        sa.Column("message_row", ROW, autoincrement=False, nullable=False),
        sa.Column("value", store.columns.Key(), nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("sender_key", store.columns.Key(), nullable=False),
        sa.ForeignKeyConstraint(["message_row"], ["messages.id"], name=op.f("fk_contact_points_message_row")),
        sa.PrimaryKeyConstraint("message_row", "value", name=op.f("pk_contact_points")),
    )
    op.create_index("ix_contact_points_value", "contact_points", ["organisation_id", "value"])
    op.create_index("ix_contact_points_sender", "contact_points", ["organisation_id", "sender_key"])


def _add_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("provider_id", store.columns.Key(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("code", store.columns.CleanText(), server_default="", nullable=False),
        sa.Column("why", store.columns.CleanText(), server_default="", nullable=False),
        sa.Column("lasting", sa.String(length=20), server_default="", nullable=False),
        sa.Column("noted_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("outgoing_id", ROW, nullable=True),
        sa.ForeignKeyConstraint(["outgoing_id"], ["outgoing.id"], name=op.f("fk_deliveries_outgoing_id")),
        sa.PrimaryKeyConstraint("account_id", "provider_id", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_outgoing_id", "deliveries", ["outgoing_id"])
    _partial("ix_deliveries_unknown", "deliveries", ["account_id", "noted_at"], "outgoing_id IS NULL")


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, postgresql_where=condition, sqlite_where=condition)
