"""Moving: the whole store goes from one database into another, of either kind, all of it or nothing.

Everything is one transaction of the target, the checks too: a move that breaks leaves it empty, and is begun anew.
"""

import hashlib
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from domain.errors import BadInput, NotMoved
from domain.viewer import OPERATOR
from store.at_work import who_is_at_work
from store.database import Database
from store.migrate import ADVISORY_LOCK, is_ours, migrate
from store.numbering import carry_numbers
from store.restored import NOT_YET, find_lost
from store.said_index import add_said_index, drop_said_index
from store.schema import messages, metadata
from store.search_index import add_index, drop_index
from store.verification import Verification, verify

#: Rows that are read and written together, where the table says how large its rows are and where it does not.
LARGE_AT_ONCE = 100
SMALL_AT_ONCE = 500

#: Rows with more than this are moved one at a time, so that those of a batch fit into memory.
HEAVY_BYTES = 64 * 1024

#: Sums of digests are kept within so many bits.
SUM_BITS = 256

Advance = Callable[[int], None]

Rows = Generator[list[sa.RowMapping], None, None]


@dataclass(frozen=True, slots=True)
class Contents:
    """How much a table holds, and what: the same for the same rows in any order."""

    rows: int
    #: The sum of the rows' SHA-256, in hex.
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What was moved, and how the event log's chain stands in the target."""

    tables: Mapping[str, Contents]
    chain: Verification

    @property
    def rows(self) -> int:
        """How many rows were moved."""
        return sum(each.rows for each in self.tables.values())


def unlimited(url: str) -> Database:
    """Open a database in which a statement may take as long as it takes: a move is one transaction."""
    return Database(url, statement_timeout=timedelta(0), idle_timeout=timedelta(0))


def count_steps(source: Database) -> int:
    """Return how many rows `move` will advance by: each is copied and checked, messages are made searchable too."""
    with source.read() as connection:
        counts = {table.name: _count(connection, table) for table in metadata.sorted_tables}
    return 2 * sum(counts.values()) + counts[messages.name]


def prepare(source: Database, target: Database) -> None:
    """See that everything may be moved, and give the target its tables.

    Raises:
        BadInput: the source has tables of another version, is a copy that nobody has started, or somebody works in it;
            or the target holds something.
    """
    # What we ourselves have left open shows nobody at work.
    source.close()
    if not is_ours(source):
        raise BadInput(
            f"{source.shown} has no tables of this very version: run svarsvakt migrate on it first, or move it by the "
            "newer version that made them"
        )
    with source.read() as connection:
        if find_lost(connection, OPERATOR) == NOT_YET:
            raise BadInput(f"{source.shown} is a copy that nobody has started yet: run svarsvakt restored on it first")
    _refuse_at_work(source)
    with target.read() as connection:
        filled = _filled(connection)
    if filled:
        raise BadInput(f"{target.shown} is not empty ({filled} has rows): name an empty database")
    migrate(target)


def move(source: Database, target: Database, advance: Advance) -> Moved:
    """Move everything from a prepared source into a prepared target; the source stays as it is.

    Values go as they are: instants with their microseconds, JSON, bytes. What is searched is made anew.

    Args:
        source: read in one transaction, so that it shows one state.
        target: has every table, and no row.
        advance: told how many rows more are done.

    Raises:
        BadInput: somebody works in the source, or has begun meanwhile; or the target has been filled.
        NotMoved: the target does not hold what the source does.
    """
    with source.read() as reading, target.write() as writing:
        _alone(writing, target)
        told = {table.name: _copy(reading, writing, table, advance) for table in metadata.sorted_tables}
        carry_numbers(reading, writing)
        drop_index(writing)
        add_index(writing, advance)
        drop_said_index(writing)
        add_said_index(writing)
        arrived = {table.name: _contents(writing, table, advance) for table in metadata.sorted_tables}
        differing = [name for name, contents in told.items() if arrived[name] != contents]
        if differing:
            raise NotMoved(f"{', '.join(differing)} did not arrive as they were: nothing was moved, try again")
        chain = verify(writing, OPERATOR)
        _refuse_at_work(source, reading)
    return Moved(tables=told, chain=chain)


def _refuse_at_work(source: Database, mine: sa.Connection | None = None) -> None:
    at_work = who_is_at_work(source, mine=mine)
    if at_work:
        raise BadInput(
            f"{source.shown} is in use ({', '.join(at_work)}): stop every process of Svarsvakt, wait half a minute and "
            "try again; nothing was moved"
        )


def _alone(connection: sa.Connection, target: Database) -> None:
    """Let nobody else fill the target meanwhile, and see that nobody has."""
    if not target.is_sqlite:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
    filled = _filled(connection)
    if filled:
        raise BadInput(f"{target.shown} is not empty ({filled} has rows): name an empty database")


def _filled(connection: sa.Connection) -> str:
    """Return a table of ours that holds something; empty: none does."""
    there = set(sa.inspect(connection).get_table_names())
    for table in metadata.sorted_tables:
        if table.name in there and connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            return table.name
    return ""


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def _copy(reading: sa.Connection, writing: sa.Connection, table: sa.Table, advance: Advance) -> Contents:
    insert, contents = table.insert(), _Sum()
    try:
        with closing(_batches(reading, table)) as batches:
            for rows in batches:
                contents.add(rows)
                writing.execute(insert, [dict(row) for row in rows])
                advance(len(rows))
    except (ValueError, TypeError) as error:
        raise BadInput(f"{table.name} has a row that cannot be read ({error}): nothing was moved") from error
    return contents.told()


def _contents(connection: sa.Connection, table: sa.Table, advance: Advance) -> Contents:
    contents = _Sum()
    with closing(_batches(connection, table)) as batches:
        for rows in batches:
            contents.add(rows)
            advance(len(rows))
    return contents.told()


def _batches(connection: sa.Connection, table: sa.Table) -> Rows:
    """Yield a table's rows, so many at a time that they fit into memory, in any order."""
    query = sa.select(table)
    if "size_bytes" not in table.c:
        yield from _partitions(connection, query, SMALL_AT_ONCE)
        return
    yield from _partitions(connection, query.where(table.c.size_bytes <= HEAVY_BYTES), LARGE_AT_ONCE)
    yield from _partitions(connection, query.where(table.c.size_bytes > HEAVY_BYTES), 1)


def _partitions(connection: sa.Connection, query: sa.Select[Any], at_once: int) -> Rows:
    with connection.execute(query, execution_options={"yield_per": at_once}) as result:
        for rows in result.mappings().partitions():
            yield list(rows)


class _Sum:
    """Adds up what rows say: the same in any order, and another when one is missing, changed or there twice."""

    def __init__(self) -> None:
        self._rows = 0
        self._sum = 0

    def add(self, rows: list[sa.RowMapping]) -> None:
        """Add rows of one table."""
        for row in rows:
            self._sum += int.from_bytes(hashlib.sha256(_written(row)).digest(), "big")
        self._rows += len(rows)

    def told(self) -> Contents:
        """Return what was added up."""
        return Contents(self._rows, f"{self._sum % 2**SUM_BITS:0{SUM_BITS // 4}x}")


def _written(row: sa.RowMapping) -> bytes:
    """Return what a row says as bytes; of long bytes their digest, which takes less room than their spelling."""
    values = [hashlib.sha256(value).digest() if isinstance(value, bytes) else value for value in row.values()]
    return repr(values).encode("utf-8", "surrogatepass")
