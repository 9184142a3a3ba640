"""What goes first of what waits, whose name a provider's is, and how often somebody tried to sign in.

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

UNSETTLED = sa.text("state IN ('queued', 'retry', 'claimed', 'handing_over')")


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("turn", sa.Integer(), server_default="3", nullable=False))
    op.execute("UPDATE outgoing SET turn = 0 WHERE kind = 'alert' AND template <> 'digest'")
    _index_unsettled("turn", "id")


def downgrade() -> None:
    """Take it back."""
    _index_unsettled("id")
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.drop_column("turn")


def _index_unsettled(*columns: str) -> None:
    op.drop_index("ix_outgoing_unsettled", table_name="outgoing")
    op.create_index(
        "ix_outgoing_unsettled", "outgoing", list(columns), postgresql_where=UNSETTLED, sqlite_where=UNSETTLED
    )
