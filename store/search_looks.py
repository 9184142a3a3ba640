"""How each database looks in the index of words: by words, and by parts of subjects and senders."""

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from domain.search import Question, Way
from store.said_index import TABLES, Said
from store.schema.searched import search_words
from store.search_index import HISTORY

_FTS_WORDS = sa.table("search_words", sa.column("rowid", sa.Integer))
_FTS_PARTS = sa.table("search_parts", sa.column("rowid", sa.Integer))


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look: where, which column numbers the messages there, and what must hold."""

    table: sa.FromClause
    row: sa.ColumnElement[Any]
    condition: sa.ColumnElement[bool]
    #: Whether it looks within words, which costs most and is only done while whole words and beginnings find few.
    within_words: bool = False


def looks_for(dialect: str, question: Question, *, parts: bool, history: bool) -> tuple[Look, ...]:
    """Return the ways to find what is asked for.

    Args:
        dialect: the database's, by name.
        question: what is asked for.
        parts: whether parts of words can be looked for.
        history: True: only what lay in its account at first connection.
    """
    if not question.terms:
        return ()
    if dialect == "sqlite":
        looks = [_in_fts(_FTS_WORDS, _fts_words(question, history=history))]
        within = " AND ".join(f'"{part}"' for part in question.parts)
        return (*looks, replace(_in_fts(_FTS_PARTS, within), within_words=True)) if within else tuple(looks)
    row = search_words.c.message_row
    whole = Look(search_words, row, _has(_tsquery(question, history=history)))
    if not (parts and question.parts):
        return (whole,)
    inside = [search_words.c.part.like(_written_out(f"%{part}%")) for part in question.parts]
    condition = sa.and_(*inside, *([_has(f"'/{HISTORY}'")] if history else []))
    return whole, Look(search_words, row, condition, within_words=True)


def said_looks(dialect: str, question: Question, kind: Said) -> tuple[Look, ...]:
    """Return the way to find what staff wrote; none when nothing is asked for."""
    if not question.terms:
        return ()
    name = TABLES[kind]
    if dialect == "sqlite":
        return (_in_fts(sa.table(name, sa.column("rowid", sa.Integer)), _fts_words(question, history=False)),)
    table = sa.table(name, sa.column("said_row", sa.BigInteger), sa.column("words", TSVECTOR))
    return (Look(table, table.c.said_row, _has(_tsquery(question, history=False), table.c.words)),)


def _has(query: str, words: sa.ColumnElement[Any] = search_words.c.words) -> sa.ColumnElement[bool]:
    return words.op("@@", is_comparison=True)(sa.cast(_written_out(query), TSQUERY))


def _written_out(text: str) -> sa.BindParameter[str]:
    """Return a value that stands in the statement itself: without it PostgreSQL cannot tell rare words from common."""
    return sa.bindparam(None, text, sa.Text, literal_execute=True)


def _in_fts(table: sa.TableClause, query: str) -> Look:
    condition = sa.text(f"{table.name} MATCH :asked_{table.name}").bindparams(**{f"asked_{table.name}": query})
    return Look(table, table.c.rowid, condition)  # type: ignore[arg-type]


def _fts_words(question: Question, *, history: bool) -> str:
    terms = " AND ".join(f"({' OR '.join(_fts_way(way) for way in term.ways)})" for term in question.terms)
    return f"words : ({terms})" + (f" AND kind : {HISTORY}" if history else "")


def _fts_way(way: Way) -> str:
    return f'"{" ".join(way.words)}"' + (" *" if way.starts else "")


def _tsquery(question: Question, *, history: bool) -> str:
    terms = [f"({' | '.join(_tsquery_way(way) for way in term.ways)})" for term in question.terms]
    return " & ".join([*terms, f"'/{HISTORY}'"] if history else terms)


def _tsquery_way(way: Way) -> str:
    quoted = " <-> ".join(f"'{word}'" for word in way.words)
    return f"({quoted}:*)" if way.starts else f"({quoted})"
