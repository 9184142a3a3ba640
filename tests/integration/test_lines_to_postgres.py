"""A line to PostgreSQL that was cut while nobody used it is noticed; one in use is not asked each time."""

from collections.abc import Iterator
from typing import Any

import pytest

import store.database
from store.database import Database
from tests.services.postgres import Postgres

pytestmark = pytest.mark.service("postgres")


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    database = Database(postgres())
    yield database
    database.close()


def line_of(database: Database) -> int:
    """Return the number of the server's process behind the connection that is used next."""
    with database.read() as connection:
        return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def test_a_line_that_was_cut_while_nobody_used_it_is_opened_anew(
    database: Database, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.database, "TRUSTED_SECONDS", 0.0)
    first = line_of(database)
    other = Database(database.url)
    with other.write() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({first}, 5000)")
    other.close()

    again = line_of(database)

    assert again != first


def test_a_line_that_was_used_just_now_is_not_asked_whether_it_lives(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(database.engine.dialect, "do_ping", asked.append)

    lines = {line_of(database) for _ in range(3)}

    assert (len(lines), asked) == (1, [])
    monkeypatch.setattr(store.database, "TRUSTED_SECONDS", 0.0)
    line_of(database)
    assert len(asked) == 1
