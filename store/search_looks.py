"""How each database looks in the index of words: by words, and by parts of subjects and senders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from domain.search import Question, Way
from store.said_index import TABLES, Said
from store.search_walk import Walk
from store.search_within import Within
from store.shelves import HISTORY

#: Matches that are read in one go.
AT_ONCE = 250

_FTS_WORDS = sa.table("search_words", sa.column("rowid", sa.Integer))
_FTS_PARTS = sa.table("search_parts", sa.column("rowid", sa.Integer))


class Look(Protocol):
    """One way to look."""

    def batches(self, connection: sa.Connection) -> Iterator[Sequence[int]]:
        """Yield numbers of rows that match, newest first, whoever may see them; looked for as they are asked for."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Rows of SQLite that match, some at a time."""

    table: sa.FromClause
    row: sa.ColumnElement[Any]
    condition: sa.ColumnElement[bool]

    def batches(self, connection: sa.Connection) -> Iterator[Sequence[int]]:
        """Yield numbers of rows, newest first."""
        query = (
            sa.select(self.row.label("row"))
            .select_from(self.table)
            .where(self.condition)
            .order_by(self.row.desc())
            .limit(AT_ONCE)
        )
        rows = connection.scalars(query).all()
        yield rows
        while len(rows) == AT_ONCE:
            rows = connection.scalars(query.where(self.row < rows[-1])).all()
            yield rows


def look_for_words(dialect: str, question: Question, *, history: tuple[int, int] | None = None) -> Look:
    """Return the way to find messages by words and beginnings.

    Args:
        dialect: the database's, by name.
        question: what is asked for; some term is.
        history: only what lay in its account at first connection, and between which rows; None: what did not.
    """
    if dialect == "sqlite":
        return _in_fts(_FTS_WORDS, _fts_words(question, history=history is not None))
    return Walk("search_words", "message_row", question, history=history)


def look_within_words(dialect: str, question: Question, *, history: bool) -> Look:
    """Return the way to find messages by parts of their subjects and senders; every term has a part."""
    if dialect == "sqlite":
        return _in_fts(_FTS_PARTS, " AND ".join(f'"{part}"' for part in question.parts))
    return Within(question.parts, history=history)


def look_in_said(dialect: str, question: Question, kind: Said) -> Look:
    """Return the way to find what staff wrote."""
    name = TABLES[kind]
    if dialect == "sqlite":
        return _in_fts(sa.table(name, sa.column("rowid", sa.Integer)), _fts_words(question, history=False))
    return Walk(name, "said_row", question)


def _in_fts(table: sa.TableClause, query: str) -> Look:
    condition = sa.text(f"{table.name} MATCH :asked_{table.name}").bindparams(**{f"asked_{table.name}": query})
    return Windows(table, table.c.rowid, condition)  # type: ignore[arg-type]


def _fts_words(question: Question, *, history: bool) -> str:
    terms = " AND ".join(f"({' OR '.join(_fts_way(way) for way in term.ways)})" for term in question.terms)
    return f"words : ({terms})" + (f" AND kind : {HISTORY}" if history else "")


def _fts_way(way: Way) -> str:
    return f'"{" ".join(way.words)}"' + (" *" if way.starts else "")
