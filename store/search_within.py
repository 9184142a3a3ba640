"""How PostgreSQL looks within words: which letters are asked of the index of three letters, and which of rows alone.

Three letters that many rows have are lists of many rows, and the longest word of an address is mostly its domain. The
last rows say which letters are rare; where none are, no more than the newest rows are looked through.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from domain.search import SHORTEST_PART
from store.shelves import HISTORY

#: Rows that say how common letters are.
SAMPLE = 256

#: Three letters that more than one in so many rows has are common.
COMMON = 32

#: Rows that are looked through where only common letters are asked for.
MOST_ROWS = 5_000

#: Matches that are read in one go.
AT_ONCE = 250

#: How many of the last rows have each stretch of letters.
_COUNTED = """WITH last AS MATERIALIZED (
SELECT ' ' || part || ' ' AS part FROM search_words ORDER BY message_row DESC LIMIT {sample})
SELECT (SELECT count(*) FROM last), array(SELECT (SELECT count(*) FROM last WHERE strpos(last.part, three) > 0)
FROM unnest(CAST(%(threes)s AS text[])) WITH ORDINALITY AS asked (three, place) ORDER BY place)"""

#: Found first and sorted then: else PostgreSQL may read all rows from the newest on, which takes minutes.
_FOUND = """WITH found AS MATERIALIZED (
SELECT message_row AS n FROM {rows} WHERE {conditions} AND message_row + 0 < %(before)s)
SELECT n FROM found ORDER BY n DESC LIMIT {limit}"""

_NEWEST = """(SELECT message_row, part, words FROM search_words WHERE {which}
ORDER BY message_row DESC LIMIT {limit}) AS newest"""

#: Behind every row.
_END = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Within:
    """The rows of messages whose subject or sender has every part, wherever it stands in a word."""

    parts: tuple[str, ...]
    #: Only what lay in its account at first connection.
    history: bool = False

    def batches(self, connection: sa.Connection) -> Iterator[Sequence[int]]:
        """Yield numbers of rows, newest first."""
        asked = self._rare(connection)
        which = f"words @@ '''/{HISTORY}'''::tsquery" if self.history else "true"
        conditions = [
            which,
            *(f"strpos(part, %(part_{place})s) > 0" for place in range(len(self.parts))),
            *(f"part LIKE %(like_{place})s" for place in range(len(asked))),
        ]
        query = _FOUND.format(
            rows="search_words" if asked else _NEWEST.format(which=which, limit=MOST_ROWS),
            conditions=" AND ".join(conditions), limit=AT_ONCE,
        )  # fmt: skip
        values: dict[str, object] = {f"part_{place}": part for place, part in enumerate(self.parts)}
        values |= {f"like_{place}": f"%{stretch}%" for place, stretch in enumerate(asked)}
        rows: Sequence[int] = (_END,)
        while rows:
            rows = connection.exec_driver_sql(query, {**values, "before": rows[-1]}).scalars().all()
            yield rows
            if len(rows) < AT_ONCE:
                return

    def _rare(self, connection: sa.Connection) -> list[str]:
        """Return of each part the longest stretch of rare letters; none of a part whose letters are all common.

        The index has no letters on both sides of a space.
        """
        threes = [_threes(part) for part in self.parts]
        query = _COUNTED.format(sample=SAMPLE)
        looked, counts = connection.exec_driver_sql(query, {"threes": [each for some in threes for each in some]}).one()
        rest = iter(counts)
        rare = [[next(rest) * COMMON <= looked and three[1] != " " for three in some] for some in threes]
        return [stretch for part, kept in zip(self.parts, rare, strict=True) if (stretch := longest_rare(part, kept))]


def longest_rare(part: str, rare: Sequence[bool]) -> str:
    """Return the longest stretch of a part in which every three letters are rare; empty: none are.

    >>> longest_rare("amn4711 example", [False, False, True, True, True, False, False, False, False, False, False,
    ... False, False])
    'n4711'
    """
    best, start = "", 0
    for place in range(len(rare) + 1):
        if place < len(rare) and rare[place]:
            continue
        if place > start:
            best = max(best, part[start : place + SHORTEST_PART - 1], key=len)
        start = place + 1
    return best


def _threes(part: str) -> list[str]:
    """Return every three letters of a part, in order; a space between words counts as a letter."""
    return [part[place : place + SHORTEST_PART] for place in range(len(part) - SHORTEST_PART + 1)]
