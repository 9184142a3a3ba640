"""Conversations of which it was noted that the time to answer is nearly over are found without reading every ticket.

Revision: 0031, after 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0032"
branch_labels = None
depends_on = None

NOTED = sa.text("window_closes_at IS NOT NULL")


def upgrade() -> None:
    """Make the change."""
    op.create_index("ix_tickets_window", "tickets", ["id"], postgresql_where=NOTED, sqlite_where=NOTED)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_tickets_window", table_name="tickets")
