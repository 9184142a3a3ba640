"""What is searched: an index of the words of messages, which each database has in its own way.

It stands outside the metadata: SQLite has virtual tables for it (FTS5), PostgreSQL a table with two GIN indexes. The
rows are numbered like `messages`, so that the newest come first.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from store.schema.metadata import RowId

#: What the names of all tables of the index begin with, those that FTS5 makes for itself included.
PREFIX = "search_"

#: As PostgreSQL has it; SQLite has `words` and `kind` in `search_words` and `part` in `search_parts`, by rowid.
search_words = sa.Table(
    "search_words",
    sa.MetaData(),
    sa.Column("message_row", RowId, primary_key=True, autoincrement=False),
    #: Each word with its places, and `/history` for what lay there at first connection.
    sa.Column("words", TSVECTOR, nullable=False),
    #: The words of subject, name and address, for what stands within them.
    sa.Column("part", sa.Text, nullable=False),
)
