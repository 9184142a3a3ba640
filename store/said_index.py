"""The index of what staff wrote: notes and answers, each indexed with its row, in its transaction.

SQLite: an FTS5 table each, without content of its own. PostgreSQL: a table each with the words as a tsvector, indexed
by shelf.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import TSVECTOR

from domain.outgoing import OutgoingKind
from store.schema import notes, outgoing
from store.search_index import BATCH, sqlite_words, tsvector_of
from store.shelves import add_shelves

_SQLITE = (
    "CREATE VIRTUAL TABLE {table} USING fts5"
    "(words, content='', prefix='2 3 4', tokenize=\"unicode61 remove_diacritics 0\")",
)
_POSTGRESQL = (
    "CREATE TABLE {table} (said_row BIGINT NOT NULL, words TSVECTOR NOT NULL, "
    "CONSTRAINT pk_{table} PRIMARY KEY (said_row))",
)


class Said(StrEnum):
    """What staff write."""

    note = "note"
    answer = "answer"


#: Where each is indexed.
TABLES = {Said.note: "search_notes", Said.answer: "search_answers"}

#: Of which rows each is.
ROWS: Mapping[Said, sa.Table] = {Said.note: notes, Said.answer: outgoing}


def put_said(connection: sa.Connection, kind: Said, texts: Mapping[Any, str]) -> None:
    """Let notes or answers be found from now on, by the number of their row."""
    if not texts:
        return
    dialect = connection.dialect.name
    made = sqlite_words if dialect == "sqlite" else tsvector_of
    connection.execute(_put(dialect, kind), [{"row": row, "words": made(text)} for row, text in texts.items()])


def add_said_index(connection: sa.Connection) -> None:
    """Make the index and fill it with what is there, a batch at a time."""
    for kind, table in TABLES.items():
        for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
            connection.exec_driver_sql(statement.format(table=table))
        _fill(connection, kind)
        if connection.dialect.name == "postgresql":
            add_shelves(connection, table, "said_row")


def drop_said_index(connection: sa.Connection) -> None:
    """Take the index away."""
    for table in TABLES.values():
        connection.exec_driver_sql(f"DROP TABLE {table}")


def _fill(connection: sa.Connection, kind: Said) -> None:
    rows = ROWS[kind]
    # Named one by one: a migration runs on tables that lack what later ones add.
    query = sa.select(rows.c.id, rows.c.text).order_by(rows.c.id).limit(BATCH)
    if kind is Said.answer:
        query = query.where(rows.c.kind == OutgoingKind.answer)
    last = 0
    while some := _read(connection, query.where(rows.c.id > last)):
        put_said(connection, kind, {row.id: row.text for row in some})
        last = some[-1].id


def _read(connection: sa.Connection, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    return connection.execute(query).all()


@lru_cache
def _put(dialect: str, kind: Said) -> sa.Insert:
    row: sa.BindParameter[int] = sa.bindparam("row")
    words: sa.BindParameter[str] = sa.bindparam("words")
    if dialect == "sqlite":
        table = sa.table(TABLES[kind], sa.column("rowid"), sa.column("words"))
        return table.insert().values(rowid=row, words=words)
    table = sa.table(TABLES[kind], sa.column("said_row", sa.BigInteger), sa.column("words", TSVECTOR))
    return postgresql.insert(table).values(said_row=row, words=words).on_conflict_do_nothing()
