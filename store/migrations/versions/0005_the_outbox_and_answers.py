"""What the outbox and people's answers keep.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: What had gone or was on its way had passed the brakes.
PASSED = """
UPDATE outgoing SET passed_at = created_at
WHERE kind = 'receipt' AND state NOT IN ('cancelled', 'refused', 'shadow', 'queued')
"""


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("html", store.columns.CleanText(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("author", store.columns.CleanText(), nullable=True))
        batch_op.add_column(sa.Column("passed_at", store.columns.Instant(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_outgoing_uncertain",
            ["id"],
            unique=False,
            postgresql_where=sa.text("state = 'uncertain'"),
            sqlite_where=sa.text("state = 'uncertain'"),
        )
        batch_op.create_index(
            "ix_outgoing_passed_at",
            ["passed_at"],
            unique=False,
            postgresql_where=sa.text("passed_at IS NOT NULL"),
            sqlite_where=sa.text("passed_at IS NOT NULL"),
        )
    op.execute(PASSED)
    op.create_table(
        "attached_files",
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("outgoing_id", ROW, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", store.columns.CleanText(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["outgoing_id"], ["outgoing.id"], name=op.f("fk_attached_files_outgoing_id")),
        sa.PrimaryKeyConstraint("outgoing_id", "position", name=op.f("pk_attached_files")),
    )
    op.create_table(
        "send_rates",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("spent_until", store.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_send_rates")),
    )
    op.create_table(
        "breaker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opened_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("why", store.columns.CleanText(), server_default="", nullable=False),
        sa.Column("counted_from", store.columns.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaker")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("breaker")
    op.drop_table("send_rates")
    op.drop_table("attached_files")
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outgoing_passed_at",
            postgresql_where=sa.text("passed_at IS NOT NULL"),
            sqlite_where=sa.text("passed_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_outgoing_uncertain",
            postgresql_where=sa.text("state = 'uncertain'"),
            sqlite_where=sa.text("state = 'uncertain'"),
        )
        batch_op.drop_column("passed_at")
        batch_op.drop_column("author")
        batch_op.drop_column("html")
