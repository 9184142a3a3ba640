"""Statements built once: to build one takes longer than to run it, and intake runs the same few for every batch."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from domain.ids import OrganisationId
from store.columns import as_key

#: Values in one IN: SQLite and PostgreSQL take many more, and a batch mostly has fewer.
AT_ONCE = 500

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def insert_new(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, returning: Sequence[str] = (),
    conflict: Sequence[str] = (),
) -> Sequence[sa.Row[Any]]:  # fmt: skip
    """Insert those of the rows that are not there already.

    Args:
        connection: the transaction.
        table: where to.
        rows: the values, by column; the same columns in each.
        returning: the columns to return, in no order, of the rows that were new.
        conflict: the columns that tell; none: any unique index.
    """
    if not rows:
        return ()
    statement = _insert_new(connection.dialect.name, table, tuple(returning), tuple(conflict))
    result = connection.execute(statement, [dict(row) for row in rows])
    return result.all() if returning else ()


def insert_into(dialect: str, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    """Return an INSERT that can say ON CONFLICT, for a database by the name of its dialect."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def in_parts(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Yield the items in lists short enough for one statement."""
    rest = iter(items)
    while part := list(islice(rest, AT_ONCE)):
        yield part


def as_asked(
    found: Mapping[tuple[OrganisationId, str], Answer], asked: Collection[tuple[OrganisationId, str]]
) -> dict[tuple[OrganisationId, str], Answer]:
    """Return what was found under indexed keys by the keys that were asked for, which may be longer."""
    indexed = {each: (each[0], as_key(each[1])) for each in asked}
    return {each: found[key] for each, key in indexed.items() if key in found}


@lru_cache(maxsize=64)
def _insert_new(dialect: str, table: sa.Table, returning: tuple[str, ...], conflict: tuple[str, ...]) -> sa.Insert:
    statement = insert_into(dialect, table).on_conflict_do_nothing(index_elements=list(conflict) or None)
    return statement.returning(*(table.c[name] for name in returning)) if returning else statement
