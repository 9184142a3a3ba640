"""Many rows written at once are what each would be by itself, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given

from domain.message import Fate
from store.columns import CleanJson, CleanText, Instant, Key, as_key, clean_json, clean_text
from store.database import Connection, Database
from store.rows import insert_all, insert_new, set_all
from store.schema.metadata import Name, Word
from store.statements import is_among
from tests.contracts.test_store_columns import JSON, MANY, TEXT

#: A table of the test's own.
rows = sa.Table(
    "rows_of_tests",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("name", Name),
    sa.Column("fate", Word),
    sa.Column("at", Instant),
    sa.Column("text", CleanText),
    sa.Column("key", Key, unique=True),
    sa.Column("json", CleanJson),
    sa.Column("flag", sa.Boolean),
    sa.Column("share", sa.Float),
    sa.Column("given", CleanText, server_default="by the server"),
)

#: A condition with a place, and one without.
HELD = (rows.c.name == sa.bindparam("holder"), rows.c.fate == Fate.waiting)

AT = datetime(2026, 10, 25, 2, 30, 0, 17, tzinfo=timezone(timedelta(hours=2)))


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """Give a transaction with the table, rolled back at the end."""
    with database.engine.connect() as connection:
        rows.create(connection)
        yield connection


def stored(connection: Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sa.select(rows).order_by(rows.c.id)).mappings()]


def test_rows_are_stored_with_values_of_every_kind_and_in_order(connection: Connection) -> None:
    said = {"text": "Å 👩‍👧 \\u0041 \"'", "key": "a", "json": {"å": [1, None]}}
    one = {"name": "w", "fate": Fate.ticket, "at": AT, **said}
    none = dict.fromkeys(one)

    insert_all(connection, rows, [{**one, "flag": True, "share": 0.1}, {**none, "flag": False, "share": None}])

    first, second = stored(connection)
    assert first == {"id": 1, **one, "at": AT.astimezone(UTC), "flag": True, "share": 0.1, "given": "by the server"}
    assert second == {"id": 2, **none, "flag": False, "share": None, "given": "by the server"}


@MANY
@given(texts=TEXT, values=JSON)
def test_text_and_json_are_stored_clean_as_by_themselves(connection: Connection, texts: str, values: Any) -> None:
    connection.execute(rows.delete())

    insert_all(connection, rows, [{"text": texts, "json": values, "key": texts * 20}])

    (row,) = stored(connection)
    assert (row["text"], row["json"], row["key"]) == (clean_text(texts), clean_json(values), as_key(texts * 20))


def test_an_instant_without_offset_is_refused_in_rows_too(connection: Connection) -> None:
    with pytest.raises((ValueError, sa.exc.StatementError), match="carries no offset"):
        insert_all(connection, rows, [{"at": datetime(2026, 11, 24, 8, 12)}])  # noqa: DTZ001


def test_what_is_there_is_passed_over_or_an_error_as_was_asked(connection: Connection) -> None:
    long = "x" * 300
    insert_new(connection, rows, [{"key": long, "text": "first"}])

    new = insert_new(connection, rows, [{"key": long, "text": "again"}, {"key": "b", "text": ""}], returning=["key"])

    assert [tuple(row) for row in new] == [("b",)]
    with pytest.raises(sa.exc.IntegrityError):
        insert_all(connection, rows, [{"key": "b"}])


def test_what_is_returned_of_rows_tells_them_apart(connection: Connection) -> None:
    made = insert_all(connection, rows, [{"key": str(number)} for number in range(250)], returning=("key", "id"))

    assert sorted(made, key=lambda row: row.id) == [(str(number), number + 1) for number in range(250)]


def test_no_rows_are_no_statement(connection: Connection) -> None:
    assert insert_all(connection, rows, []) == ()
    assert set_all(connection, rows, []) == 0


def test_only_rows_of_which_the_conditions_hold_are_changed_and_they_are_counted(connection: Connection) -> None:
    insert_all(
        connection,
        rows,
        [
            {"name": "mine", "fate": Fate.waiting, "key": "a" * 300},
            {"name": "yours", "fate": Fate.waiting, "key": "b"},
            {"name": "mine", "fate": Fate.ticket, "key": "c"},
            {"name": "mine", "fate": Fate.waiting, "key": "d"},
        ],
    )
    changes = [
        {"id": id, "fate": Fate.ticket, "at": AT, "json": [id], "key": f"{id}" * 300, "text": None}
        for id in (1, 2, 3, 9)
    ]

    changed = set_all(connection, rows, changes, *HELD, holder="mine")

    assert changed == 1
    first, *others = stored(connection)
    assert (first["fate"], first["at"], first["json"], first["key"]) == (Fate.ticket, AT, [1], as_key("1" * 300))
    assert [(row["at"], row["json"]) for row in others] == [(None, None)] * 3


@pytest.mark.parametrize("asked", [[], ["a"], ["b" * 300, "a", "c"], [str(number) for number in range(400)]])
def test_rows_are_found_by_as_many_values_as_are_given(connection: Connection, asked: list[str]) -> None:
    insert_all(connection, rows, [{"key": key} for key in ("a", "b" * 300, "399")])
    query = sa.select(rows.c.key).where(is_among(rows.c.key, "keys")).order_by(rows.c.id)

    found = list(connection.scalars(query, {"keys": asked}))

    assert found == [as_key(key) for key in ("a", "b" * 300, "399") if key in asked]
