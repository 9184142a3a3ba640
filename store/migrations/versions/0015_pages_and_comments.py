"""What Facebook pages keep: windows that close, how far their messages were looked at again, and words that went out at once.

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("window_closes_at", store.columns.Instant(timezone=True), nullable=True))
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rests_until", store.columns.Instant(timezone=True), nullable=True))
    op.create_table(
        "page_rounds",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("after_row", ROW, nullable=False),
        sa.Column("looked_at", store.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_page_rounds")),
    )
    op.create_table(
        "quick_answers",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("words", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "words", "person", name=op.f("pk_quick_answers")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("quick_answers")
    op.drop_table("page_rounds")
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_column("rests_until")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_column("window_closes_at")
