"""How PostgreSQL finds words newest first: the last rows as they are, then shelf after shelf for as long as is asked.

The last rows say how common each word is. Of the index only the less common ones are asked: the beginning of a word
that every message has is a list of all messages, and to put such lists together would take most of a search.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from domain.search import Question, Term
from store.shelves import HISTORY, SHELF_BITS
from store.tsquery import together, units_of, whole

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

#: The last rows, and from now on no question is taken for a big one: to start processes and to compile takes longer
#: than what these take. Written out, because to put it together would take longer than to run it.
_LAST = """SELECT array_agg(n ORDER BY n DESC) FILTER (WHERE words @@ CAST(%(whole)s AS tsquery)), count(*), min(n),
(SELECT min({row}) FROM {table}), set_config('max_parallel_workers_per_gather', '0', true),
set_config('jit', 'off', true){counts}
FROM (SELECT {row} AS n, words FROM {table} ORDER BY {row} DESC LIMIT {limit}) AS last"""

#: What stands on some shelves. Found first, and sorted then: else PostgreSQL would rather read row after row from the
#: newest on, until there are enough.
_SHELVES = """WITH found AS MATERIALIZED (
SELECT {row} AS n FROM {table} WHERE search_shelved({row}, words) @@ CAST(%(there)s AS tsquery)
AND words @@ CAST(%(whole)s AS tsquery) AND {row} < %(before)s)
SELECT n FROM found ORDER BY n DESC LIMIT {limit}"""


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

    #: By name; its words stand in `words`.
    table: str
    #: The column that numbers its rows.
    row: str
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
        units = {f"unit_{place}": together([unit]) for place, unit in enumerate(units_of(self.question))}
        counts = "".join(f", count(*) FILTER (WHERE words @@ CAST(%({name})s AS tsquery))" for name in units)
        query = _LAST.format(row=self.row, table=self.table, limit=LAST_ROWS, counts=counts)
        found = connection.exec_driver_sql(query, {"whole": self._whole(), **units}).one()
        rows, looked, first, oldest, _, _, *counted = found
        return _Last(rows or (), looked, counted, first or 0, oldest or 1)

    def _look_on_shelves(
        self, connection: sa.Connection, asked: Sequence[Term], numbers: range, newest: int
    ) -> Iterator[Sequence[int]]:  # fmt: skip
        """Yield what stands on some shelves, the row `newest` and older; most of the time in one go."""
        mark = "h" if self.history else ""
        there = " | ".join(f"({together(asked, f'{mark}{number}/')})" for number in numbers)
        query = _SHELVES.format(row=self.row, table=self.table, limit=MOST_AT_ONCE)
        before = newest + 1
        while True:
            values = {"there": there, "whole": self._whole(), "before": before}
            rows = connection.exec_driver_sql(query, values).scalars().all()
            yield rows
            if len(rows) < MOST_AT_ONCE:
                return
            before = rows[-1]

    def _whole(self) -> str:
        """Return what must hold of a row's words."""
        return f"{whole(self.question)} & {'' if self.history else '!'}'/{HISTORY}'"


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
