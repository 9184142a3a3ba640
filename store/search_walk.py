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

#: Numbers of rows that are looked through without the index.
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
        newest, oldest = self._ends(connection)
        if newest is None:
            return
        last = self._look_at_last(connection, newest)
        yield last.rows
        asked = _less_common(units_of(self.question), last)
        floor, found = newest - LAST_ROWS, len(last.rows)
        while floor >= oldest:
            top = floor >> SHELF_BITS
            count = min(_shelves_for(newest - floor, found), top - (oldest >> SHELF_BITS) + 1)
            # The first is where the last batch ended: what was found on it already is not asked for again.
            for rows in self._look_on_shelves(connection, asked, range(top, top - count, -1), floor):
                found += len(rows)
                yield rows
            floor = ((top - count + 1) << SHELF_BITS) - 1

    def _ends(self, connection: sa.Connection) -> tuple[int | None, int]:
        """Return the numbers of the newest and the oldest row, and see to it that what follows is taken for small."""
        newest, oldest, *_ = connection.execute(sa.select(sa.func.max(self.row), sa.func.min(self.row), *_SMALL)).one()
        return newest, oldest or 0

    def _look_at_last(self, connection: sa.Connection, newest: int) -> _Last:
        counts = [sa.func.count().filter(has(self.words, together([unit]))) for unit in units_of(self.question)]
        rows = sa.func.array_agg(aggregate_order_by(self.row, self.row.desc())).filter(self._matches())
        query = sa.select(rows, sa.func.count(), *counts).where(self.row > newest - LAST_ROWS)
        matching, looked, *counted = connection.execute(query).one()
        return _Last(matching or (), looked, counted)

    def _look_on_shelves(
        self, connection: sa.Connection, asked: Sequence[Term], numbers: range, newest: int
    ) -> Iterator[Sequence[int]]:  # fmt: skip
        """Yield what stands on some shelves, the row `newest` and older; most of the time in one go."""
        mark = "h" if self.history else ""
        there = " | ".join(f"({together(asked, f'{mark}{number}/')})" for number in numbers)
        condition = sa.and_(has(shelved(self.row, self.words), there), self._matches())
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

    def _matches(self) -> sa.ColumnElement[bool]:
        """Return the condition that a row has all that is asked for."""
        return has(self.words, f"{whole(self.question)} & {'' if self.history else '!'}'/{HISTORY}'")


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
