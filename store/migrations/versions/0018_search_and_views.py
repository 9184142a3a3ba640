"""What is searched, saved views, and whether somebody uses keys.

Revision: 0018, after 0017

Every message that is decided is indexed, a few thousand a second.
"""

import sqlalchemy as sa
from alembic import op

import store.columns
from store.search_index import add_index, drop_index

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "saved_views",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("user_id", ROW, nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=True),
        sa.Column("name", store.columns.CleanText(), nullable=False),
        sa.Column("query", store.columns.CleanText(), nullable=False),
        sa.Column("saved_at", store.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_views_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_saved_views_organisation_id_user_id"), ["organisation_id", "user_id"], unique=False
        )
    op.add_column("users", sa.Column("uses_keys", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_index("ix_tickets_arrived_at", "tickets", ["organisation_id", "arrived_at"])
    add_index(op.get_bind())


def downgrade() -> None:
    """Take it back."""
    drop_index(op.get_bind())
    op.drop_index("ix_tickets_arrived_at", "tickets")
    op.drop_column("users", "uses_keys")
    op.drop_table("saved_views")
