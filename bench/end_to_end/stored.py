"""Stored: a database that has seen much, made by multiplying what the product itself stored.

Each copy lies half an hour earlier than the one before, from citizens of its own, and is closed and handled: what a
message costs must not hang on how many came before it.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from store.columns import Instant
from store.database import Database
from store.schema import metadata
from store.search_index import PARTS_INDEX

#: What is multiplied, each after what it refers to.
TABLES = (
    "tickets", "originals", "messages", "ledger", "outgoing", "letters", "automatic_replies", "handlings", "events",
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
    "events": {"seal": "-(coalesce(seal, id) + c * :step)"},
}  # fmt: skip

#: Copies are so far apart.
APART_MINUTES = 30

#: The longest of the keys, a SHA-256 in hex, keeps its length: its last digits give way to the copy's number.
KEPT, DIGITS = 56, 8

_NUMBERS = {
    "sqlite": "(WITH RECURSIVE n(c) AS (SELECT 1 UNION ALL SELECT c + 1 FROM n WHERE c < :copies) SELECT c FROM n)",
    "postgresql": "(SELECT generate_series(1, :copies) AS c)",
}
_PADDED = {"sqlite": f"printf('%0{DIGITS}d', c)", "postgresql": f"lpad(c::text, {DIGITS}, '0')"}
_EARLIER = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', {}, '-' || (c * {minutes}) || ' minutes')",
    "postgresql": "{} - c * interval '{minutes} minutes'",
}
_FOUND = {
    "sqlite": (
        "INSERT INTO search_words (rowid, words, kind) SELECT id, subject || ' ' || sender_name || ' ' || text, ''"
        " FROM messages WHERE id > :step",
        "INSERT INTO search_parts (rowid, part) SELECT id, lower(subject || ' ' || sender_name) FROM messages"
        " WHERE id > :step",
    ),
    "postgresql": (
        "INSERT INTO search_words SELECT id, to_tsvector('simple', subject || ' ' || sender_name || ' ' || text),"
        " lower(subject || ' ' || sender_name) FROM messages WHERE id > :step",
    ),
}


def fill(url: str, stored: int) -> int:
    """Multiply what a database holds until about so many messages are stored; return how many are."""
    database = Database(url)
    try:
        with database.write() as connection:
            if not database.is_sqlite:
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            _multiply(connection, stored)
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        with database.read() as connection:
            return int(connection.execute(sa.text("SELECT count(*) FROM messages")).scalar_one())
    finally:
        database.close()


def _multiply(connection: sa.Connection, stored: int) -> None:
    dialect = connection.dialect.name
    there = int(connection.execute(sa.text("SELECT count(*) FROM messages")).scalar_one())
    if stored <= there:
        return
    step = max(
        int(connection.execute(sa.text(f"SELECT coalesce(max(id), 0) FROM {name}")).scalar_one())
        for name in TABLES
        if "id" in metadata.tables[name].c
    )
    values = {"step": step, "copies": round(stored / there) - 1}
    for index in (PARTS_INDEX, "ix_search_words_words") if dialect == "postgresql" else ():
        connection.exec_driver_sql(f"DROP INDEX IF EXISTS {index}")
    for name in TABLES:
        _run(connection, copying(metadata.tables[name], dialect), values)
    for statement in _FOUND[dialect]:
        _run(connection, statement, values)
    if dialect == "postgresql":
        connection.exec_driver_sql("CREATE INDEX ix_search_words_words ON search_words USING gin (words)")
        connection.exec_driver_sql(f"CREATE INDEX {PARTS_INDEX} ON search_words USING gin (part gin_trgm_ops)")
        for name in (each for each in TABLES if "id" in metadata.tables[each].c):
            connection.exec_driver_sql(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))")


def copying(table: sa.Table, dialect: str) -> str:
    """Return the statement that copies every row of a table, as `:copies` and `:step` say."""
    own = HANDLED.get(table.name, {})
    values = [own.get(column.name) or _value(column, dialect) for column in table.columns]
    return (
        f"INSERT INTO {table.name} ({', '.join(column.name for column in table.columns)})"
        f" SELECT {', '.join(values)} FROM {table.name} CROSS JOIN {_NUMBERS[dialect]} AS copies"
    )


def _value(column: sa.Column[object], dialect: str) -> str:
    if column.name in NUMBERED:
        return f"{column.name} + c * :step"
    if column.name in KEYS:
        return f"substr({column.name}, 1, {KEPT}) || {_PADDED[dialect]}"
    if isinstance(column.type, Instant):
        return _EARLIER[dialect].format(column.name, minutes=APART_MINUTES)
    return column.name


def _run(connection: sa.Connection, statement: str, values: Mapping[str, int]) -> None:
    connection.execute(sa.text(statement), {name: each for name, each in values.items() if f":{name}" in statement})
