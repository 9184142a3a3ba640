"""Sends that were refused are found by their tickets.

Revision: 0028, after 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0025"
branch_labels = None
depends_on = None

REFUSED = sa.text("state = 'refused' AND ticket_id IS NOT NULL")


def upgrade() -> None:
    """Make the change."""
    op.create_index(
        "ix_outgoing_refused", "outgoing", ["ticket_id", "id"], postgresql_where=REFUSED, sqlite_where=REFUSED
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_outgoing_refused", table_name="outgoing")
