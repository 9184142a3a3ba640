"""What staff do with tickets: what came of them, how they are registered, and notes.

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outcome", sa.String(length=20), nullable=True))
        batch_op.add_column(
            sa.Column("registration", sa.String(length=20), server_default="not_judged", nullable=False)
        )
        batch_op.add_column(sa.Column("registered_as", store.columns.CleanText(), server_default="", nullable=False))
    op.create_table(
        "notes",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("ticket_id", ROW, nullable=False),
        sa.Column("author", store.columns.CleanText(), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("text", store.columns.CleanText(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_notes_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notes_ticket_id"), ["ticket_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("notes")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        for column in ("registered_as", "registration", "outcome"):
            batch_op.drop_column(column)
