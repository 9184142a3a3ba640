"""Numbering: the numbers that a database gives to rows go on where another's ended, so that none is given twice."""

import sqlalchemy as sa

from store.schema import metadata

#: Tables whose rows the database numbers.
_NUMBERED = frozenset(
    table.name for table in metadata.sorted_tables if table.dialect_options["sqlite"].get("autoincrement")
)


def carry_numbers(source: sa.Connection, target: sa.Connection) -> None:
    """Let the target's tables count on from the last numbers that the source gave, those of deleted rows included."""
    for table in metadata.sorted_tables:
        if table.name in _NUMBERED:
            _set_last(target, table.name, _last(source, table.name))


def _last(connection: sa.Connection, table: str) -> int:
    """Return the last number that was given; 0: none was."""
    if connection.dialect.name == "sqlite":
        query = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :table")
        return connection.scalar(query, {"table": table}) or 0
    query = sa.text("SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence(:table, 'id') AS regclass))")
    return connection.scalar(query, {"table": table}) or 0


def _set_last(connection: sa.Connection, table: str, last: int) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :table"), {"table": table})
        connection.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)"), {"table": table, "last": last}
        )
        return
    connection.execute(
        sa.text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :next, false)"), {"table": table, "next": last + 1}
    )
