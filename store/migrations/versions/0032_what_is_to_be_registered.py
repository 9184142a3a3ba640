"""Tickets that are to be registered are found among very many closed ones.

Revision: 0032, after 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0028"
branch_labels = None
depends_on = None

TO_REGISTER = sa.text("registration = 'to_be_registered'")


def upgrade() -> None:
    """Make the change."""
    op.create_index(
        "ix_tickets_to_register",
        "tickets",
        ["status", "observed", "organisation_id", "next_due_at", "id"],
        postgresql_where=TO_REGISTER,
        sqlite_where=TO_REGISTER,
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_tickets_to_register", table_name="tickets")
