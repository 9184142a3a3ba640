"""Statements built once: to build one takes longer than to run it, and intake runs the same few for every message."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(
    connection: sa.Connection, table: sa.Table, row: Mapping[str, Any], *, returning: str = "",
    conflict: Sequence[str] = (),
) -> sa.CursorResult[Any]:  # fmt: skip
    """Insert a row unless it is there already.

    Args:
        connection: the transaction.
        table: where to.
        row: the values, by column.
        returning: the column to return; the result has no row when it was there.
        conflict: the columns that tell; none: any unique index.
    """
    return connection.execute(_insert_new(connection.dialect.name, table, returning, tuple(conflict)), row)


@lru_cache(maxsize=64)
def _insert_new(dialect: str, table: sa.Table, returning: str, conflict: tuple[str, ...]) -> sa.Insert:
    insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    statement = insert.on_conflict_do_nothing(index_elements=list(conflict) or None)
    return statement.returning(table.c[returning]) if returning else statement
