"""How often a trial lost its worker at the same messages.

Revision: 0026, after 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("rule_trials") as batch:
        batch.add_column(sa.Column("losses", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("rule_trials") as batch:
        batch.drop_column("losses")
