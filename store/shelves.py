"""Shelves: PostgreSQL's index of words, cut by age, so that a search reads no more of it than what is newest.

Each word stands in the index behind the shelf of its row: `12/vatten`. What lay in its account at first connection has
shelves of its own: `h12/vatten`. Rows are numbered as they come, so a shelf is a stretch of time. The words themselves
stay whole in their column: the index is of an expression, and whoever writes words need not know of shelves.
"""

import sqlalchemy as sa

#: What the index says of a message that lay in its account at first connection.
HISTORY = "history"

#: Rows of a shelf, as a power of two. A word that one message in a hundred has fills a page of hits from one shelf;
#: one that nobody wrote is looked up once a shelf, which is 122 times in a million.
SHELF_BITS = 13

#: Work memory for making an index: it takes half as long as with the 64 MB that PostgreSQL gives by itself.
_MEMORY = "256MB"

#: The words as text are quoted, and no word has a space: each begins behind a space and a quote. Whoever plans must
#: know that this costs as much as a thousand comparisons.
_FUNCTION = f"""CREATE OR REPLACE FUNCTION search_shelved(message_row BIGINT, words TSVECTOR) RETURNS TSVECTOR
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
BEGIN
    RETURN replace(' ' || strip(words)::text, ' ''', ' ''' ||
        CASE WHEN words @@ '''/{HISTORY}'''::tsquery THEN 'h' ELSE '' END ||
        (message_row >> {SHELF_BITS})::text || '/')::tsvector;
END $$"""


def add_shelves(connection: sa.Connection, table: str, row: str) -> None:
    """Index the words of a table of PostgreSQL by shelf, in place of the index without shelves.

    Args:
        connection: writes.
        table: has `words`, a tsvector.
        row: the column that numbers its rows as they come.
    """
    connection.exec_driver_sql(_FUNCTION)
    connection.exec_driver_sql(f"SET LOCAL maintenance_work_mem = '{_MEMORY}'")
    connection.exec_driver_sql(
        f"CREATE INDEX IF NOT EXISTS ix_{table}_shelved ON {table} USING gin (search_shelved({row}, words)) "
        # Else what was written last would wait in a list, which is read once for every shelf that is looked in.
        "WITH (fastupdate = off)"
    )
    connection.exec_driver_sql(f"DROP INDEX IF EXISTS ix_{table}_words")


def forget_pending(connection: sa.Connection, table: str) -> None:
    """Put into the index what waits in its list, and let nothing wait there any more."""
    connection.exec_driver_sql(f"ALTER INDEX ix_{table}_shelved SET (fastupdate = off)")
    connection.exec_driver_sql(f"SELECT gin_clean_pending_list('ix_{table}_shelved')")


def drop_shelves(connection: sa.Connection, table: str) -> None:
    """Index the words of a table without shelves, as versions before 0025 look in it."""
    connection.exec_driver_sql(f"CREATE INDEX IF NOT EXISTS ix_{table}_words ON {table} USING gin (words)")
    connection.exec_driver_sql(f"DROP INDEX IF EXISTS ix_{table}_shelved")
