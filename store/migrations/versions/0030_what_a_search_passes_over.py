"""A search reads no list of what was written last, and knows where what lay in accounts at first connection lies.

Revision: 0030, after 0031

No row is written anew, nor an index of shelves; processes of the version before need not know of either.
"""

from alembic import op

from store.said_index import TABLES
from store.search_history import HISTORY_INDEX
from store.shelves import forget_pending

revision = "0030"
down_revision = "0031"
branch_labels = None
depends_on = None

SHELVED = ("search_words", *TABLES.values())


def upgrade() -> None:
    """Make the change."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    for table in SHELVED:
        forget_pending(connection, table)
    op.execute(HISTORY_INDEX)


def downgrade() -> None:
    """Take it back."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute("DROP INDEX IF EXISTS ix_search_words_history")
    for table in SHELVED:
        op.execute(f"ALTER INDEX ix_{table}_shelved RESET (fastupdate)")
