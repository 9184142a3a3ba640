"""What a letter belongs to, and addresses that get no automatic mail.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: What was suppressed before there were reasons says in words why.
BOUNCED = """
UPDATE suppressions SET reason = 'hard_bounce', status = substr(why, 13) WHERE why LIKE 'hard bounce %'
"""
COMPLAINED = "UPDATE suppressions SET reason = 'complaint' WHERE why = 'spam complaint'"


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("suppressions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", sa.String(length=20), server_default="by_hand", nullable=False))
        batch_op.add_column(sa.Column("status", store.columns.CleanText(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("until", store.columns.Instant(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("outgoing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )

    op.execute(BOUNCED)
    op.execute(COMPLAINED)
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bounced_at", store.columns.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("bounce_status", store.columns.CleanText(), server_default="", nullable=False))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.drop_column("bounce_status")
        batch_op.drop_column("bounced_at")

    with op.batch_alter_table("suppressions", schema=None) as batch_op:
        batch_op.drop_column("outgoing_id")
        batch_op.drop_column("until")
        batch_op.drop_column("status")
        batch_op.drop_column("reason")
