"""Stored: a database that has seen much, made by multiplying what the product itself stored.

Each copy lies half an hour earlier than the one before, from citizens of its own, and is closed and handled: what a
message costs must not hang on how many came before it. Indexes are dropped meanwhile and made again as they were.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex

from bench.end_to_end.figures import Filled
from store.columns import Instant
from store.database import Database
from store.moving import unlimited
from store.schema import metadata
from store.schema.searched import search_words
from store.search_index import PARTS_INDEX, add_trigrams
from store.shelves import add_shelves

#: What is multiplied, each after what it refers to.
TABLES = (
    "tickets", "originals", "messages", "ledger", "outgoing", "letters", "automatic_replies", "handlings", "rule_hits",
    "events",
)  # fmt: skip

#: Numbers of rows: a copy's are as far from the first one's as all copies before it take.
NUMBERED = frozenset({"id", "ticket_id", "message_row", "outgoing_id", "ledger_row"})

#: What is told apart by; a copy's ends in its number.
KEYS = frozenset({
    "number", "identity", "identity_key", "digest", "letter", "message_id", "message_id_key", "sender_address",
    "sender_key", "recipient", "recipient_key", "address",
})  # fmt: skip

#: What is so of a copy, by table: people have handled it.
HANDLED: Mapping[str, Mapping[str, str]] = {
    "tickets": {
        "status": "'closed'", "closed_at": "arrived_at", "answer_met_at": "arrived_at", "next_due_at": "NULL",
    },
    "ledger": {"gone_at": "provider_at"},
    "handlings": {"handled_at": "arrived_at", "how": "'answered'"},
    # Below what is sealed: the sealer looks for what has none.
    "events": {"seal": "-(coalesce(seal, id) + c * {step})"},
}  # fmt: skip

#: Copies are so far apart.
APART_MINUTES = 30

#: The longest of the keys, a SHA-256 in hex, keeps its length: its last digits give way to the copy's number.
KEPT, DIGITS = 56, 8

#: Messages that are copied by one statement, so that their rows lie as they would have come.
AT_ONCE = 20_000

_NUMBERS = {
    "sqlite": "(WITH RECURSIVE n(c) AS (SELECT {0} UNION ALL SELECT c + 1 FROM n WHERE c < {1}) SELECT c FROM n)",
    "postgresql": "(SELECT generate_series({0}, {1}) AS c)",
}
_PADDED = {"sqlite": f"printf('%0{DIGITS}d', c)", "postgresql": f"lpad(c::text, {DIGITS}, '0')"}
_EARLIER = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', {}, '-' || (c * {minutes}) || ' minutes')",
    "postgresql": "{} - c * interval '{minutes} minutes'",
}

#: What SQLite searches has no content that could be copied.
_FOUND = (
    "INSERT INTO search_words (rowid, words, kind) SELECT id, subject || ' ' || sender_name || ' ' || text, ''"
    " FROM messages WHERE id > {0} AND id <= {1} ORDER BY id",
    "INSERT INTO search_parts (rowid, part) SELECT id, lower(subject || ' ' || sender_name)"
    " FROM messages WHERE id > {0} AND id <= {1} ORDER BY id",
)

#: What nobody waits for while a database is filled: if it fails it is thrown away.
_HURRY = {
    "sqlite": (
        "PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF", "PRAGMA wal_autocheckpoint = 20000",
        "PRAGMA cache_size = -400000",
    ),
    "postgresql": (
        "SET statement_timeout = 0", "SET session_replication_role = replica", "SET synchronous_commit = off",
        "SET work_mem = '128MB'", "SET maintenance_work_mem = '1GB'", "SET max_parallel_maintenance_workers = 2",
    ),
}  # fmt: skip

#: Of what PostgreSQL searches.
SEARCH_INDEXES = ("ix_search_words_shelved", PARTS_INDEX, f"{PARTS_INDEX}_history")

#: What keeps its house between such days.
_SETTLE = {"sqlite": ("ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"), "postgresql": ("VACUUM (FREEZE, ANALYZE)",)}

_SIZE = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
    "postgresql": "SELECT pg_database_size(current_database())",
}

Say = Callable[[str], None]


def fill(url: str, stored: int, say: Say = lambda _: None) -> Filled:
    """Multiply what a database holds until about so many messages are stored; nobody else may use it meanwhile.

    `say` is told what goes on, a line at a time.
    """
    began = time.monotonic()
    with closing(unlimited(url)) as database:
        with _driver(database) as driver:
            there = _ask(driver, "SELECT count(*) FROM messages")
            if stored > there:
                _multiply(database, driver, round(stored / there) - 1, say)
        with _driver(database) as driver:
            return Filled(
                name=database.engine.dialect.name, messages=_ask(driver, "SELECT count(*) FROM messages"),
                seconds=time.monotonic() - began, size_mb=_ask(driver, _SIZE[database.engine.dialect.name]) / 2**20,
            )  # fmt: skip


@contextmanager
def _driver(database: Database) -> Iterator[Any]:
    """Give a line of the driver's own, each of whose statements is a transaction; it is thrown away."""
    line = database.engine.raw_connection()
    driver: Any = line.driver_connection
    try:
        if not database.is_sqlite:
            driver.rollback()
            driver.autocommit = True
        yield driver
    finally:
        line.detach()
        driver.close()


def multiplied(dialect: str) -> tuple[sa.Table, ...]:
    """Return the tables that are multiplied; what PostgreSQL searches is one, and SQLite's is made anew."""
    tables = tuple(metadata.tables[name] for name in TABLES)
    return (*tables, search_words) if dialect == "postgresql" else tables


def _multiply(database: Database, driver: Any, copies: int, say: Say) -> None:
    dialect = database.engine.dialect
    tables = multiplied(dialect.name)
    indexes = [index for table in tables for index in sorted(table.indexes, key=lambda each: str(each.name))]
    for statement in _HURRY[dialect.name]:
        driver.execute(statement)
    step = max(_ask(driver, f"SELECT coalesce(max(id), 0) FROM {name}") for name in _with_numbers(tables))
    for name in (*(index.name for index in indexes), *(SEARCH_INDEXES if dialect.name == "postgresql" else ())):
        driver.execute(f"DROP INDEX IF EXISTS {name}")
    for table in tables:
        say(f"copying {table.name}")
        driver.execute(f"CREATE TEMPORARY TABLE source_{table.name} AS SELECT * FROM {table.name}")
        for first, last in _slices(copies, _ask(driver, f"SELECT count(*) FROM source_{table.name}")):
            driver.execute(copying(table, dialect.name, first=first, last=last, step=step))
        driver.execute(f"DROP TABLE source_{table.name}")
    for index in indexes:
        say(f"making {index.name}")
        driver.execute(str(CreateIndex(index).compile(dialect=dialect)))
    if dialect.name == "sqlite":
        _make_searchable(driver, step, copies, say)
    else:
        say("making what is searched")
        with database.write() as connection:
            add_shelves(connection, search_words.name, "message_row")
            add_trigrams(connection)
        for name in _with_numbers(tables):
            driver.execute(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))")
    say("settling")
    for statement in _SETTLE[dialect.name]:
        driver.execute(statement)


def _with_numbers(tables: tuple[sa.Table, ...]) -> list[str]:
    return [table.name for table in tables if "id" in table.c]


def _slices(copies: int, rows: int) -> Iterator[tuple[int, int]]:
    """Yield the first and last copy of each statement, of a table that had so many rows."""
    at_once = max(1, AT_ONCE // max(1, rows))
    for first in range(1, copies + 1, at_once):
        yield first, min(first + at_once - 1, copies)


def copying(table: sa.Table, dialect: str, *, first: int, last: int, step: int) -> str:
    """Return the statement that makes the copies from `first` to `last` of every row that a table had."""
    own = HANDLED.get(table.name, {})
    values = [
        own[column.name].format(step=step) if column.name in own else _value(column, dialect, step)
        for column in table.columns
    ]
    return (
        f"INSERT INTO {table.name} ({', '.join(column.name for column in table.columns)})"
        f" SELECT {', '.join(values)} FROM source_{table.name}"
        f" CROSS JOIN {_NUMBERS[dialect].format(first, last)} AS copies ORDER BY c{', 1' if 'id' in table.c else ''}"
    )


def _value(column: sa.Column[Any], dialect: str, step: int) -> str:
    if column.name in NUMBERED:
        return f"{column.name} + c * {step}"
    if column.name in KEYS:
        return f"substr({column.name}, 1, {KEPT}) || {_PADDED[dialect]}"
    if isinstance(column.type, Instant):
        return _EARLIER[dialect].format(column.name, minutes=APART_MINUTES)
    return column.name


def _make_searchable(driver: Any, step: int, copies: int, say: Say) -> None:
    last = (copies + 1) * step
    for statement in _FOUND:
        for after in range(step, last, AT_ONCE):
            say(f"making messages searchable: {after:,} of {last:,}")
            driver.execute(statement.format(after, min(after + AT_ONCE, last)))


def _ask(driver: Any, question: str) -> int:
    return int(driver.execute(question).fetchone()[0])
