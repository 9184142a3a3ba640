"""What people changed of accounts in the pages, what the public pages show, and test mails.

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
    op.create_table(
        "canaries",
        sa.Column("mark", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("sent_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("arrived_at", store.columns.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_canaries")),
    )
    with op.batch_alter_table("canaries", schema=None) as batch_op:
        batch_op.create_index("ix_canaries_account", ["account_id", "sent_at"], unique=False)
    op.create_table(
        "read_pages",
        sa.Column("url", store.columns.Key(), nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("tried_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("read_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("etag", store.columns.CleanText(), server_default="", nullable=False),
        sa.Column("modified", store.columns.CleanText(), server_default="", nullable=False),
        sa.Column("failure", store.columns.CleanText(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_read_pages")),
    )
    op.create_table(
        "shown_addresses",
        sa.Column("page", store.columns.Key(), nullable=False),
        sa.Column("address", store.columns.Key(), nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("first_seen_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("last_seen_at", store.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("page", "address", name=op.f("pk_shown_addresses")),
    )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("canaries", schema=None) as batch_op:
        batch_op.drop_index("ix_canaries_account")
    op.drop_table("canaries")
    op.drop_table("shown_addresses")
    op.drop_table("read_pages")
    with op.batch_alter_table("account_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_changes_account_id"))

    op.drop_table("account_changes")
