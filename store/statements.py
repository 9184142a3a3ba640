"""Statements: what those of both databases have in common."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles

from domain.ids import OrganisationId
from store.columns import as_key

#: Values in one IN: SQLite and PostgreSQL take many more, and a batch mostly has fewer.
AT_ONCE = 500

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def insert_into(dialect: str, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    """Return an INSERT that can say ON CONFLICT, for a database by the name of its dialect."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


class is_among(sa.sql.functions.FunctionElement[bool]):  # noqa: N801
    """Say that a column has one of the values that are given at a place of the statement.

    To PostgreSQL they go as one array, so that the statement is the same for one value and for two hundred.
    """

    type = sa.Boolean()
    inherit_cache = True
    name = "is_among"

    def __init__(self, column: sa.ColumnElement[Any], place: str) -> None:
        """Make the condition; `place` is the name by which the values are given."""
        super().__init__(column, sa.bindparam(place, type_=sa.ARRAY(column.type)))

    def self_group(self, against: Any = None) -> "is_among":
        """Return it as it is: SQLite would be asked whether it equals 1, and go by no index."""
        return self


@compiles(is_among, "postgresql")
def _as_array(condition: is_among, compiler: sa.Compiled, **given: Any) -> str:
    column, values = condition.clauses
    return compiler.process(column == sa.any_(values), **given)


@compiles(is_among)
def _one_by_one(condition: is_among, compiler: sa.Compiled, **given: Any) -> str:
    column, values = condition.clauses
    return compiler.process(column.in_(sa.bindparam(values.key, expanding=True)), **given)


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
