"""Clocks that are held, asked again and late; tickets found by who wrote, and by the one they go on from.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

INSTANTS = (
    "held_at", "answer_from_at", "first_answer_due_at", "first_answered_at", "notice_late_at", "answer_late_at",
)  # fmt: skip

#: An index by its name: its columns, and the rows that it is of.
INDEXES = {
    "ix_tickets_sender": (["account_id", "sender_key", "id"], None),
    "ix_tickets_notice_owed": (
        ["notice_due_at"], "status = 'open' AND notice_met_at IS NULL AND notice_late_at IS NULL",
    ),
    "ix_tickets_answer_owed": (
        ["answer_due_at"], "status = 'open' AND answer_met_at IS NULL AND answer_late_at IS NULL",
    ),
}  # fmt: skip

#: What is known of the tickets that are there; an address that is longer than a key can find no mailbox. What was late
#: before lateness was noted is late since its time: else all of it would be told of at once.
FILL = (
    "UPDATE tickets SET sender_key = lower(sender_address) WHERE length(sender_address) <= 255",
    "UPDATE tickets SET first_answered_at = answer_met_at",
    "UPDATE tickets SET notice_late_at = notice_due_at WHERE notice_met_at IS NULL AND notice_due_at < CURRENT_TIMESTAMP",
    "UPDATE tickets SET answer_late_at = answer_due_at WHERE answer_met_at IS NULL AND answer_due_at < CURRENT_TIMESTAMP",
)


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("tickets", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("by_form", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("sender_key", store.columns.Key(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("follows_id", ROW_ID, nullable=True))
        for name in INSTANTS:
            batch_op.add_column(sa.Column(name, store.columns.Instant(timezone=True), nullable=True))
        for name, (columns, where) in INDEXES.items():
            condition = None if where is None else sa.text(where)
            batch_op.create_index(name, columns, unique=False, postgresql_where=condition, sqlite_where=condition)
    for statement in FILL:
        op.execute(statement)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("tickets", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        for name in INDEXES:
            batch_op.drop_index(name)
        for name in (*INSTANTS, "follows_id", "sender_key", "by_form"):
            batch_op.drop_column(name)
