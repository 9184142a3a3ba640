"""The database behind its URL: what is refused, what reading and writing may do."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from domain.errors import BadInput
from store.database import Database
from store.failure import DatabaseFailed
from store.schema import counters
from tests.contracts.stored import sql
from tests.tables import embedded_with_tables


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Database]:
    """Give one that no later test gets: who waited in vain for a turn here leaves it taken."""
    database = embedded_with_tables(tmp_path / "svarsvakt.sqlite3")
    yield database
    database.close()


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///x.sqlite3", "sqlite"),
        ("postgres://svarsvakt@db.example/x", "postgresql+psycopg"),
        ("postgresql://svarsvakt:hemligt@db.example:5433/x", "postgresql+psycopg"),
        ("postgresql+psycopg://svarsvakt@db.example/x", "postgresql+psycopg"),
    ],
)
def test_a_database_is_opened_with_our_driver(url: str, driver: str) -> None:
    database = Database(url)

    assert sa.make_url(database.url).drivername == driver
    assert database.is_sqlite == url.startswith("sqlite")


def test_the_password_stays_in_the_url() -> None:
    assert "hemligt" in Database("postgresql://svarsvakt:hemligt@db.example/x").url


@pytest.mark.parametrize("url", ["", "svarsvakt.sqlite3", "mysql://x/y", "sqlite", "oracle://x"])
def test_what_names_no_database_of_ours_is_bad_input_that_says_what_to_write(url: str) -> None:
    with pytest.raises(BadInput, match="sqlite"):
        Database(url)


def test_writing_is_kept_at_the_end_and_undone_by_any_error(embedded: Database) -> None:
    with embedded.write() as connection:
        connection.execute(counters.insert().values(name="kept", value=1))
    with pytest.raises(KeyboardInterrupt):
        write_and_break_off(embedded)

    with embedded.read() as connection:
        assert connection.scalars(sa.select(counters.c.name)).all() == ["kept"]


def write_and_break_off(database: Database) -> None:
    with database.write() as connection:
        connection.execute(counters.insert().values(name="undone", value=1))
        raise KeyboardInterrupt


def test_reading_sees_one_state_while_others_write(embedded: Database) -> None:
    with embedded.read() as connection:
        before = connection.scalar(sa.select(sa.func.count()).select_from(counters))
        sql(embedded, "INSERT INTO counters (name, value) VALUES ('new', 1)")
        after = connection.scalar(sa.select(sa.func.count()).select_from(counters))

    assert (before, after) == (0, 0)


def test_reading_can_write_nothing_and_writing_can_again_on_the_same_connection(embedded: Database) -> None:
    with embedded.read() as connection, pytest.raises(sa.exc.OperationalError, match="readonly"):
        connection.execute(counters.insert().values(name="x", value=1))

    sql(embedded, "INSERT INTO counters (name, value) VALUES ('x', 1)")


def test_a_second_writer_waits_for_the_first_instead_of_failing(embedded: Database) -> None:
    begun = Event()

    def second() -> None:
        begun.set()
        sql(embedded, "UPDATE counters SET value = value + 1")

    thread = Thread(target=second)
    with embedded.write() as connection:
        connection.execute(counters.insert().values(name="x", value=1))
        thread.start()
        begun.wait()
    thread.join()

    with embedded.read() as connection:
        assert connection.scalar(sa.select(counters.c.value)) == 2


def test_intake_is_on_the_disk_when_it_is_committed(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.sqlite3")

    with database.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    database.close()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_who_waits_to_write_gives_up_in_the_end_with_a_failure_that_has_a_sentence(
    embedded: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.database.BUSY_TIMEOUT_SECONDS", 0)

    with embedded.write(), pytest.raises(DatabaseFailed, match="locked"):
        sql(embedded, "INSERT INTO counters (name, value) VALUES ('late', 1)")

    sql(embedded, "INSERT INTO counters (name, value) VALUES ('in time', 1)")


def test_who_waits_to_write_takes_no_connection_from_those_who_read(embedded: Database) -> None:
    waiters = [
        Thread(target=sql, args=(embedded, f"INSERT INTO counters (name, value) VALUES ('{number}', 1)"))
        for number in range(20)
    ]

    with embedded.write():
        for each in waiters:
            each.start()
        taken = embedded.engine.pool.checkedout()  # type: ignore[attr-defined]
    for each in waiters:
        each.join(10)

    assert taken == 1
    with embedded.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(counters)) == 20


def test_whoever_waits_to_write_gets_its_turn_when_the_others_are_done(embedded: Database) -> None:
    waiter = Thread(target=sql, args=(embedded, "INSERT INTO counters (name, value) VALUES ('waited', 1)"))

    with embedded.write() as connection:
        waiter.start()
        connection.execute(counters.insert().values(name="first", value=1))
    waiter.join(10)

    with embedded.read() as connection:
        assert connection.scalars(sa.select(counters.c.name)).all() == ["first", "waited"]
