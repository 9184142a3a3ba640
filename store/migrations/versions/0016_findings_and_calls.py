"""What findings and alerts keep.

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


_RENAME = """
    UPDATE tellings SET step = '{new}' WHERE step = '{old}' AND EXISTS (
        SELECT 1 FROM tellings AS together
        WHERE together.subject = tellings.subject AND together.told_to = tellings.told_to AND together.step = '{step}'
    )
"""


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sharpened_at", store.columns.Instant(timezone=True), nullable=True))
    # That a group is over has a step of its own, so that what is left of it is told from the next group.
    op.execute(_RENAME.format(old="over", new="grouped_over", step="grouped"))


def downgrade() -> None:
    """Take it back."""
    op.execute(_RENAME.format(old="grouped_over", new="over", step="grouped"))
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.drop_column("sharpened_at")
