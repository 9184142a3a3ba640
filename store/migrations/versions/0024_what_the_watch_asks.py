"""What the watch asks of people once a year; why a ticket was given to another unit.

Revision: 0024, after 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("corrections") as batch:
        batch.add_column(sa.Column("reason", sa.String(length=20), server_default="", nullable=False))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("corrections") as batch:
        batch.drop_column("reason")
