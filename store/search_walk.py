"""How PostgreSQL finds words newest first: the last rows as they are, then shelf after shelf for as long as is asked.

The last rows say how common each word is. Of the index only the less common ones are asked: the beginning of a word
that every message has is a list of all messages, and to put such lists together would take most of a search.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from domain.search import Question, Term
from store.shelves import HISTORY, SHELF_BITS, shelved
from store.tsquery import has, together, units_of, whole

#: Rows that are looked through without the index.
LAST_ROWS = 1024

#: A word that more than one in so many rows has is common.
COMMON = 32

#: Matches that whoever searches has use for, to begin with.
WANTED = 64

#: Shelves that are looked through at once.
MOST_SHELVES = 128

#: Matches that are read at once.
MOST_AT_ONCE = 1000

#: What PostgreSQL does for big questions costs more than these take: it starts processes, and compiles.
_SMALL = (sa.func.set_config("max_parallel_workers_per_gather", "0", True), sa.func.set_config("jit", "off", True))


@dataclass(frozen=True, slots=True)
class _Last:
    """What the last rows of the table say."""

    #: Those that match, newest first.
    rows: Sequence[int]
    #: How many there were, and how many of them each unit of the question was in.
    looked: int
    counts: Sequence[int]
    #: The number of the first of them, and of the first row of all.
    first: int
    oldest: int


@dataclass(frozen=True, slots=True)
class Walk:
    """The rows of a table in which every term of a question is found."""

    table: sa.FromClause
    row: sa.ColumnElement[Any]
    words: sa.ColumnElement[Any]
    question: Question
    #: Only what lay in its account at first connection, else only what did not.
    history: bool = False

    def batches(self, connection: sa.Connection) -> Iterator[Sequence[int]]:
        """Yield numbers of rows, newest first; each batch is looked for when it is asked for."""
        last = self._look_at_last(connection)
        yield last.rows
        asked = _less_common(units_of(self.question), last)
        floor, looked, found = last.first - 1, last.looked, len(last.rows)
        while floor >= last.oldest:
            top = floor >> SHELF_BITS
            count = min(_shelves_for(looked, found), top - (last.oldest >> SHELF_BITS) + 1)
            for rows in self._look_on_shelves(connection, asked, range(top, top - count, -1), floor):
                found += len(rows)
                yield rows
            looked += count << SHELF_BITS
            # The next shelf is read from its newest row on.
            floor = ((top - count + 1) << SHELF_BITS) - 1

    def _look_at_last(self, connection: sa.Connection) -> _Last:
        """Look through the last rows, and see to it that what comes after is taken for a small question."""
        last = sa.select(self.row.label("row"), self.words.label("words")).order_by(self.row.desc()).limit(LAST_ROWS)
        row, words = (part := last.subquery("last")).c.row, part.c.words
        counts = [sa.func.count().filter(has(words, together([unit]))) for unit in units_of(self.question)]
        matching = sa.func.array_agg(aggregate_order_by(row, row.desc())).filter(self._matches(words))
        oldest = sa.select(sa.func.min(self.row)).scalar_subquery()
        query = sa.select(matching, sa.func.count(), sa.func.min(row), oldest, *counts, *_SMALL)
        rows, looked, first, of_all, *rest = connection.execute(query).one()
        return _Last(rows or (), looked, rest[: len(counts)], first or 0, of_all or 1)

    def _look_on_shelves(
        self, connection: sa.Connection, asked: Sequence[Term], numbers: range, newest: int
    ) -> Iterator[Sequence[int]]:  # fmt: skip
        """Yield what stands on some shelves, the row `newest` and older; most of the time in one go."""
        mark = "h" if self.history else ""
        there = " | ".join(f"({together(asked, f'{mark}{number}/')})" for number in numbers)
        condition = sa.and_(has(shelved(self.row, self.words), there), self._matches(self.words))
        before = newest + 1
        while True:
            # Found first: else PostgreSQL would rather read row after row from the newest on, until there are enough.
            found = sa.select(self.row.label("row")).where(condition, self.row < before).cte("found")
            found = found.prefix_with("MATERIALIZED")
            rows = connection.scalars(sa.select(found.c.row).order_by(found.c.row.desc()).limit(MOST_AT_ONCE)).all()
            yield rows
            if len(rows) < MOST_AT_ONCE:
                return
            before = rows[-1]

    def _matches(self, words: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Return the condition that a row's words are all that is asked for."""
        return has(words, f"{whole(self.question)} & {'' if self.history else '!'}'/{HISTORY}'")


def _less_common(units: Sequence[Term], last: _Last) -> Sequence[Term]:
    """Return the units that few rows have; all of them when every one is common."""
    rare = [unit for unit, count in zip(units, last.counts, strict=True) if count * COMMON <= last.looked]
    return rare or units


def _shelves_for(looked: int, found: int) -> int:
    """Return on how many shelves there should be as much as is wanted, by what was found until now.

    >>> _shelves_for(1024, 0), _shelves_for(1024, 12), _shelves_for(9216, 60), _shelves_for(100_000, 0)
    (12, 1, 2, 128)
    """
    rows = looked * WANTED * 3 // (2 * max(found, 1))
    return min(MOST_SHELVES, max(1, -(-rows >> SHELF_BITS)))
