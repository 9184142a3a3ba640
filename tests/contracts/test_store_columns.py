"""What is written is what is read, whatever it is, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.columns import CleanJson, CleanText, Instant, Key, clean_json, clean_text
from store.database import Connection, Database

#: A table of the test's own.
values = sa.Table(
    "values_of_tests",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Instant),
    sa.Column("text", CleanText),
    sa.Column("key", Key, unique=True),
    sa.Column("json", CleanJson),
)

MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)

#: Any text, lone surrogates and NUL among it.
TEXT = st.text(st.characters() | st.sampled_from("\x00\ud83d\udc00"), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=True) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """Give a transaction with the table, rolled back at the end."""
    with database.engine.connect() as connection:
        values.create(connection)
        yield connection


def round_trip(connection: Connection, **row: Any) -> Any:
    (name,) = row
    connection.execute(values.delete())
    connection.execute(values.insert().values(**row))
    return connection.scalar(sa.select(values.c[name]))


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 24, 8, 12, tzinfo=UTC),
        datetime(2026, 11, 24, 8, 12, 3, 1, tzinfo=UTC),
        datetime(2026, 11, 24, 8, 12, 3, 999999, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
        datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=1))),
        datetime(101, 1, 1, tzinfo=UTC),
        datetime(9998, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_an_instant_is_read_as_the_same_instant_in_utc(connection: Connection, at: datetime) -> None:
    read = round_trip(connection, at=at)

    assert read == at
    assert read.tzinfo is UTC


def test_an_instant_without_offset_is_refused(connection: Connection) -> None:
    with pytest.raises(sa.exc.StatementError, match="carries no offset"):
        round_trip(connection, at=datetime(2026, 11, 24, 8, 12))  # noqa: DTZ001


def test_instants_are_compared_as_instants_whatever_their_offset(connection: Connection) -> None:
    first = datetime(2026, 11, 24, 9, 0, tzinfo=timezone(timedelta(hours=2)))
    connection.execute(values.insert().values(at=first))

    later = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    found = connection.scalar(sa.select(sa.func.count()).where(values.c.at < later))

    assert found == 1


@MANY
@given(text=TEXT)
def test_any_text_is_read_as_it_was_cleaned(connection: Connection, text: str) -> None:
    assert round_trip(connection, text=text) == clean_text(text)


@MANY
@given(value=JSON)
def test_any_json_is_read_as_it_was_cleaned(connection: Connection, value: Any) -> None:
    assert round_trip(connection, json=value) == clean_json(value)


@MANY
@given(text=TEXT | st.text(min_size=240, max_size=300) | TEXT.map(lambda text: text * 3000))
def test_any_text_is_found_by_its_key(connection: Connection, text: str) -> None:
    round_trip(connection, key=text)

    found = [
        connection.scalar(sa.select(values.c.id).where(values.c.key == text)),
        connection.scalar(sa.select(values.c.id).where(values.c.key.in_([text, "other"]))),
        connection.scalar(sa.select(values.c.id).where(values.c.key == text + "other")),
    ]

    assert found[0] == found[1] is not None
    assert found[2] is None


def test_nothing_is_read_as_nothing(connection: Connection) -> None:
    connection.execute(values.insert().values(id=1))

    row = connection.execute(sa.select(values)).one()

    assert tuple(row) == (1, None, None, None, None)
