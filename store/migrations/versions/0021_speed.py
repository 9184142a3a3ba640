"""What waits is found by how urgent it is, and by account.

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


WAITING = "fate = 'waiting'"
UNSETTLED = "state IN ('queued', 'retry', 'claimed', 'handing_over')"

INDEXES = (
    ("ix_messages_waiting_sms", "messages", ("id",), f"{WAITING} AND channel = 'sms'"),
    ("ix_messages_waiting_account", "messages", ("account_id", "id"), WAITING),
    ("ix_outgoing_unsettled_account", "outgoing", ("account_id", "id"), UNSETTLED),
)


def upgrade() -> None:
    """Make the change."""
    for name, table, columns, condition in INDEXES:
        where = sa.text(condition)
        op.create_index(name, table, list(columns), postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    """Take it back."""
    for name, table, _, _ in INDEXES:
        op.drop_index(name, table_name=table)
