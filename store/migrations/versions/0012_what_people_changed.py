"""What people changed of accounts in the pages.

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "account_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("actor", store.columns.CleanText(), nullable=False),
        sa.Column("reason", store.columns.CleanText(), nullable=False),
        sa.Column("overlay", store.columns.CleanJson(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_changes")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("account_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_changes_account_id"), ["account_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("account_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_changes_account_id"))

    op.drop_table("account_changes")
