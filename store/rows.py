"""Rows: many rows written by one statement of a kind, which is built once.

To build a statement takes longer than to run it, and intake runs the same few for every batch. PostgreSQL gets all rows
as one document (`store.documents`), SQLite row by row.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from store.documents import DOCUMENT, document, go_as_document, keys_among, rows_of_document
from store.statements import insert_into

#: Values by column; the same columns in each.
Rows = Sequence[Mapping[str, Any]]

#: The place of a row's number in an UPDATE that takes row by row.
_ROW = "row_to_change"


def insert_all(
    connection: sa.Connection, table: sa.Table, rows: Rows, *, returning: Sequence[str] = ()
) -> Sequence[sa.Row[Any]]:
    """Insert rows in order; that one is there already is an error.

    `returning`: the columns to return, in no order.
    """
    return _insert(connection, table, rows, tuple(returning), None)


def insert_new(
    connection: sa.Connection, table: sa.Table, rows: Rows, *, returning: Sequence[str] = (),
    conflict: Sequence[str] = (),
) -> Sequence[sa.Row[Any]]:  # fmt: skip
    """Insert those of the rows that are not there already.

    Args:
        connection: the transaction.
        table: where to.
        rows: what to insert.
        returning: the columns to return, in no order, of the rows that were new.
        conflict: the columns that tell; none: any unique index.
    """
    return _insert(connection, table, rows, tuple(returning), tuple(conflict))


def set_all(
    connection: sa.Connection, table: sa.Table, rows: Rows, *where: sa.ColumnElement[bool], **values: Any
) -> int:
    """Change rows, each found by its `id`, of which the conditions hold too; return how many were changed.

    Args:
        connection: the transaction.
        table: it has an `id`.
        rows: the new values, and `id`.
        where: what must hold of a row besides; the same objects at each call, for the statement is kept.
        values: of the places that `where` names.
    """
    if not rows:
        return 0
    dialect, columns = connection.dialect.name, tuple(rows[0])
    if go_as_document(dialect, table):
        statement = _update_by_document(table, columns, where)
        return connection.execute(statement, {**values_of(dialect, table, rows), **values}).rowcount
    changes = [{_ROW if name == "id" else name: value for name, value in row.items()} | values for row in rows]
    return connection.execute(_update(table, where), changes).rowcount


def insert_rows_of(dialect: str, table: sa.Table, columns: Sequence[str]) -> "sqlite.Insert | postgresql.Insert":
    """Return an INSERT that takes rows with these columns, as `values_of` returns them."""
    insert = insert_into(dialect, table)
    if not go_as_document(dialect, table):
        return insert
    given = rows_of_document(table, columns)
    return insert.from_select(list(columns), sa.select(*(given.c[name] for name in columns)))


def values_of(dialect: str, table: sa.Table, rows: Rows) -> Any:
    """Return rows, at least one, as the values of a statement that takes rows."""
    if go_as_document(dialect, table):
        return {DOCUMENT: document(rows, keys_among(table, tuple(rows[0])))}
    return [dict(row) for row in rows]


def _insert(
    connection: sa.Connection, table: sa.Table, rows: Rows, returning: tuple[str, ...], conflict: tuple[str, ...] | None
) -> Sequence[sa.Row[Any]]:
    if not rows:
        return ()
    dialect = connection.dialect.name
    statement = _insert_once(dialect, table, tuple(rows[0]), returning, conflict)
    result = connection.execute(statement, values_of(dialect, table, rows))
    return result.all() if returning else ()


@lru_cache(maxsize=128)
def _insert_once(
    dialect: str, table: sa.Table, columns: tuple[str, ...], returning: tuple[str, ...],
    conflict: tuple[str, ...] | None,
) -> sa.Insert:  # fmt: skip
    statement = insert_rows_of(dialect, table, columns)
    if conflict is not None:
        statement = statement.on_conflict_do_nothing(index_elements=list(conflict) or None)
    return statement.returning(*(table.c[name] for name in returning)) if returning else statement


@lru_cache(maxsize=64)
def _update(table: sa.Table, where: tuple[sa.ColumnElement[bool], ...]) -> sa.Update:
    return table.update().where(table.c.id == sa.bindparam(_ROW), *where)


@lru_cache(maxsize=64)
def _update_by_document(
    table: sa.Table, columns: tuple[str, ...], where: tuple[sa.ColumnElement[bool], ...]
) -> sa.Update:
    given = rows_of_document(table, columns)
    changed = {name: given.c[name] for name in columns if name != "id"}
    return table.update().where(table.c.id == given.c.id, *where).values(changed)
