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

#: Matches that whoever searches has use for, to begin with; each time more are asked for, so many times as many.
WANTED = 64
MORE = 4

#: Matches that are read at once.
MOST_AT_ONCE = 1024

#: The last rows, and from now on no question is taken for a big one: to start processes and to compile takes longer
#: than what these take. Written out, because to put it together would take longer than to run it.
_LAST = """SELECT array_agg(n ORDER BY n DESC) FILTER (WHERE words @@ CAST(%(whole)s AS tsquery)), count(*), min(n),
(SELECT min({row}) FROM {table}), set_config('max_parallel_workers_per_gather', '0', true),
set_config('jit', 'off', true){counts}
FROM (SELECT {row} AS n, words FROM {table} ORDER BY {row} DESC LIMIT {limit}) AS last"""

#: What stands on each shelf, the newest first, until there is enough: PostgreSQL goes on to the next shelf only for
#: what is still missing. What a shelf has is found first and sorted then: else it would rather read row after row from
#: the newest on. Nor may it read the numbers of all older rows beside, which took most of a search: hence the `+ 0`.
#: The mark stands in the question for the number of the shelf; no word has it.
_SHELVES = """SELECT there.n FROM generate_series(
CAST(%(newest)s AS bigint) >> {bits}, CAST(%(oldest)s AS bigint) >> {bits}, -1) AS shelf
CROSS JOIN LATERAL (WITH found AS MATERIALIZED (
SELECT {row} AS n FROM {table}
WHERE search_shelved({row}, words) @@ CAST(replace(%(asked)s, '{mark}', CAST(shelf AS text)) AS tsquery)
AND words @@ CAST(%(whole)s AS tsquery) AND {row} + 0 <= %(newest)s)
SELECT n FROM found ORDER BY n DESC) AS there LIMIT {limit}"""

_MARK = "#"


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
    #: Only what lay in its account at first connection, and between which rows; None: only what did not.
    history: tuple[int, int] | None = None

    def batches(self, connection: sa.Connection) -> Iterator[Sequence[int]]:
        """Yield numbers of rows, newest first; each batch is looked for when it is asked for."""
        last = self._look_at_last(connection)
        yield last.rows
        asked = together(_less_common(units_of(self.question), last), f"{'h' if self.history else ''}{_MARK}/")
        newest, oldest = last.first - 1, last.oldest
        if self.history is not None:
            newest, oldest = min(newest, self.history[1]), max(oldest, self.history[0])
        limit = WANTED
        while newest >= oldest:
            rows = self._look_on_shelves(connection, asked, newest, oldest, limit)
            yield rows
            if len(rows) < limit:
                return
            newest, limit = rows[-1] - 1, min(limit * MORE, MOST_AT_ONCE)

    def _look_at_last(self, connection: sa.Connection) -> _Last:
        """Look through the last rows, and see to it that what comes after is taken for a small question."""
        units = {f"unit_{place}": together([unit]) for place, unit in enumerate(units_of(self.question))}
        counts = "".join(f", count(*) FILTER (WHERE words @@ CAST(%({name})s AS tsquery))" for name in units)
        query = _LAST.format(row=self.row, table=self.table, limit=LAST_ROWS, counts=counts)
        found = connection.exec_driver_sql(query, {"whole": self._whole(), **units}).one()
        rows, looked, first, oldest, _, _, *counted = found
        return _Last(rows or (), looked, counted, first or 0, oldest or 1)

    def _look_on_shelves(
        self, connection: sa.Connection, asked: str, newest: int, oldest: int, limit: int
    ) -> Sequence[int]:  # fmt: skip
        """Return what stands on the shelves from the row `newest` down to `oldest`, at most `limit` rows."""
        query = _SHELVES.format(row=self.row, table=self.table, bits=SHELF_BITS, mark=_MARK, limit=limit)
        values = {"asked": asked, "whole": self._whole(), "newest": newest, "oldest": oldest}
        return connection.exec_driver_sql(query, values).scalars().all()

    def _whole(self) -> str:
        """Return what must hold of a row's words."""
        return f"{whole(self.question)} & {'' if self.history else '!'}'/{HISTORY}'"


def _less_common(units: Sequence[Term], last: _Last) -> Sequence[Term]:
    """Return the units that few rows have; all of them when every one is common."""
    rare = [unit for unit, count in zip(units, last.counts, strict=True) if count * COMMON <= last.looked]
    return rare or units
