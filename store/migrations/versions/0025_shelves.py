"""What is searched is indexed by age, so that a search reads no more than what is newest.

Revision: 0025, after 0026

Of what is searched no row is written anew. PostgreSQL makes the indexes while writers of it wait; processes of the
version before still find everything, but slowly.
"""

from alembic import op

from store.said_index import TABLES
from store.search_index import add_trigrams
from store.shelves import add_shelves, drop_shelves

revision = "0025"
down_revision = "0026"
branch_labels = None
depends_on = None

#: What numbers the rows of each table.
ROWS = {"search_words": "message_row"} | dict.fromkeys(TABLES.values(), "said_row")


def upgrade() -> None:
    """Make the change."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    for table, row in ROWS.items():
        add_shelves(connection, table, row)
    add_trigrams(connection)


def downgrade() -> None:
    """Take it back."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    for table in ROWS:
        drop_shelves(connection, table)
    op.execute("DROP INDEX IF EXISTS ix_search_words_part_history")
