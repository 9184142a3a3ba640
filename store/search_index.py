"""The index of words: written with the message, in its transaction.

SQLite: FTS5 without content of its own (`search_words`, and `search_parts` by three letters). PostgreSQL: words as a
tsvector, indexed by shelf; subjects and senders by three letters (pg_trgm) where the extension may be made.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa

from domain.ids import MessageId
from domain.message import Fate
from domain.search import MOST_WORDS, numbers_of, words_of
from store.columns import clean_text
from store.documents import DOCUMENT, document
from store.schema import messages
from store.search_history import HISTORY_INDEX
from store.shelves import HISTORY, add_shelves

log = logging.getLogger(__name__)

#: Messages that are indexed in one statement when all of them are.
BATCH = 500

#: What is searched: neither what nobody has decided nor what is only technical.
FOUND = (Fate.ticket, Fate.attached, Fate.history)

#: The index that says that parts of words can be looked for in PostgreSQL.
PARTS_INDEX = "ix_search_words_part"

_SQLITE = (
    "CREATE VIRTUAL TABLE search_words USING fts5"
    "(words, kind, content='', prefix='2 3 4', tokenize=\"unicode61 remove_diacritics 0\")",
    "CREATE VIRTUAL TABLE search_parts USING fts5(part, content='', tokenize='trigram')",
)
_POSTGRESQL = (
    "CREATE TABLE search_words (message_row BIGINT NOT NULL, words TSVECTOR NOT NULL, part TEXT NOT NULL, "
    "CONSTRAINT pk_search_words PRIMARY KEY (message_row))",
)
_TRIGRAMS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    f"CREATE INDEX IF NOT EXISTS {PARTS_INDEX} ON search_words USING gin (part gin_trgm_ops)",
    # Of what lay there at first connection once more: it is looked for alone, and in most installations it is little.
    f"CREATE INDEX IF NOT EXISTS {PARTS_INDEX}_history ON search_words USING gin (part gin_trgm_ops) "
    f"WHERE words @@ '''/{HISTORY}'''::tsquery",
)

_ADD = {
    "sqlite": (
        sa.text("INSERT INTO search_words (rowid, words, kind) VALUES (:row, :words, :kind)"),
        sa.text("INSERT INTO search_parts (rowid, part) VALUES (:row, :part)"),
    ),
    "postgresql": (
        sa.text(
            "INSERT INTO search_words (message_row, words, part) SELECT message_row, words, part "
            "FROM json_populate_recordset(NULL::search_words, CAST(:rows AS JSON)) "
            "ON CONFLICT (message_row) DO NOTHING"
        ),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What of a message can be found."""

    id: MessageId
    fate: Fate
    sender_name: str
    sender_address: str
    subject: str
    text: str


def put_words(connection: sa.Connection, decided: Sequence[Searched]) -> None:
    """Let messages be found from now on."""
    shown = [each for each in decided if each.fate in FOUND]
    if not shown:
        return
    dialect = connection.dialect.name
    if dialect == "sqlite":
        values: Any = [_sqlite_row(each) for each in shown]
    else:
        values = {DOCUMENT: document([_postgresql_row(each) for each in shown])}
    for statement in _ADD[dialect]:
        connection.execute(statement, values)


def add_index(connection: sa.Connection, advance: Callable[[int], None] = lambda _: None) -> None:
    """Make the index and fill it with the messages that are decided; of the parts of words only where it may.

    `advance` is told how many more are done.
    """
    if connection.dialect.name == "sqlite":
        _run(connection, _SQLITE)
    else:
        _run(connection, _POSTGRESQL)
    _fill(connection, advance)
    if connection.dialect.name == "postgresql":
        add_shelves(connection, "search_words", "message_row")
        connection.exec_driver_sql(HISTORY_INDEX)
        add_trigrams(connection)


def drop_index(connection: sa.Connection) -> None:
    """Take the index away."""
    tables = ("search_words", "search_parts") if connection.dialect.name == "sqlite" else ("search_words",)
    _run(connection, [f"DROP TABLE {table}" for table in tables])


def _run(connection: sa.Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def add_trigrams(connection: sa.Connection) -> None:
    """Index what parts of words are looked for in, where the extension may be made."""
    try:
        with connection.begin_nested():
            _run(connection, _TRIGRAMS)
    except sa.exc.DBAPIError as error:
        log.warning("parts of words are not searched: the extension pg_trgm cannot be made (%s)", type(error).__name__)


def _fill(connection: sa.Connection, advance: Callable[[int], None]) -> None:
    query = (
        sa.select(
            messages.c.id, messages.c.fate, messages.c.sender_name, messages.c.sender_address, messages.c.subject,
            messages.c.text,
        )
        .where(messages.c.fate.in_(FOUND))
        .order_by(messages.c.id)
        .limit(BATCH)
    )  # fmt: skip
    last, done = 0, 0
    while rows := connection.execute(query.where(messages.c.id > last)).mappings().all():
        put_words(connection, [_stored(row) for row in rows])
        last, done = rows[-1]["id"], done + len(rows)
        advance(len(rows))
        # A warning, because less is not written while migrating, and millions take minutes.
        if done % (100 * BATCH) == 0:
            log.warning("made %d messages searchable", done)


def _stored(row: sa.RowMapping) -> Searched:
    return Searched(
        id=MessageId(row["id"]),
        fate=Fate(row["fate"]),
        sender_name=row["sender_name"] or "",
        sender_address=row["sender_address"] or "",
        subject=row["subject"] or "",
        text=row["text"] or "",
    )


def _words(searched: Searched) -> Iterator[str]:
    """Yield what the message is found by, the sender last, so that a long letter's words do not push it out."""
    header = f"{searched.subject} {searched.sender_name} {searched.sender_address}"
    yield from words_of(header)
    yield from numbers_of(f"{searched.subject} {searched.text}")
    yield from words_of(searched.text)


def _part(searched: Searched) -> str:
    header = f"{searched.subject} {searched.sender_name} {searched.sender_address}"
    return clean_text(" ".join(words_of(header)))


def sqlite_words(text: str) -> str:
    """Return what SQLite indexes of a text alone."""
    return clean_text(" ".join(islice(_words_of_text(text), MOST_WORDS)))


def tsvector_of(text: str) -> str:
    """Return what PostgreSQL indexes of a text alone: each word with its places."""
    return " ".join(_placed(_words_of_text(text)))


def _words_of_text(text: str) -> Iterator[str]:
    yield from numbers_of(text)
    yield from words_of(text)


def _sqlite_row(searched: Searched) -> dict[str, object]:
    words = clean_text(" ".join(islice(_words(searched), MOST_WORDS)))
    kind = HISTORY if searched.fate is Fate.history else ""
    return {"row": searched.id, "words": words, "kind": kind, "part": _part(searched)}


def _postgresql_row(searched: Searched) -> dict[str, object]:
    words = _placed(_words(searched))
    if searched.fate is Fate.history:
        words.append(f"'/{HISTORY}'")
    return {"message_row": searched.id, "words": " ".join(words), "part": _part(searched)}


def _placed(words: Iterator[str]) -> list[str]:
    places: dict[str, list[str]] = {}
    for place, word in enumerate(islice(words, MOST_WORDS), 1):
        places.setdefault(word, []).append(str(place))
    # PostgreSQL keeps 255 places of a word.
    return [f"'{clean_text(word)}':{','.join(at[:255])}" for word, at in places.items()]
