"""What a search looks in besides messages: notes and answers; and what a scanner said of files.

Revision: 0023, after 0022

Every note and answer is indexed, a few thousand a second.
"""

import sqlalchemy as sa
from alembic import op

import store.columns
from store.said_index import add_said_index, drop_said_index

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "scans",
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("said", sa.String(length=20), nullable=False),
        sa.Column("signatures", store.columns.CleanText(), nullable=False),
        sa.Column("asked_at", store.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "digest", name=op.f("pk_scans")),
    )
    add_said_index(op.get_bind())


def downgrade() -> None:
    """Take it back."""
    drop_said_index(op.get_bind())
    op.drop_table("scans")
