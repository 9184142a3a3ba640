"""What hangs on PostgreSQL is broken off, so that a worker that hangs holds back no other for ever."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread

import pytest
import sqlalchemy as sa

from store.database import Database
from store.failure import DatabaseFailed
from store.migrate import migrate
from store.new_tickets import open_ticket
from tests.contracts.stored import new_ticket
from tests.services.postgres import Postgres

SHORT = timedelta(milliseconds=200)

pytestmark = pytest.mark.service("postgres")


@pytest.fixture
def impatient(postgres: Postgres) -> Iterator[Database]:
    """Give a database with every table that breaks off within a moment."""
    usual = Database(postgres.with_tables())
    usual.close()
    database = Database(usual.url, statement_timeout=SHORT, idle_timeout=SHORT)
    yield database
    database.close()


def limits_of(database: Database) -> list[str]:
    names = ("statement_timeout", "idle_in_transaction_session_timeout")
    with database.read() as connection:
        return [connection.scalar(sa.text(f"SHOW {name}")) for name in names]


def test_every_connection_has_the_limits(postgres: Postgres, impatient: Database) -> None:
    usual = Database(postgres())
    unlimited = Database(postgres(), statement_timeout=timedelta(0), idle_timeout=timedelta(0))

    assert limits_of(usual) == ["1min", "5min"]
    assert limits_of(unlimited) == ["0", "0"]
    assert limits_of(impatient) == ["200ms", "200ms"]
    usual.close()
    unlimited.close()


def test_a_statement_that_takes_too_long_is_broken_off(impatient: Database) -> None:
    with pytest.raises(DatabaseFailed, match="statement timeout"), impatient.write() as connection:
        connection.execute(sa.text("SELECT pg_sleep(30)"))


def test_who_waits_for_a_worker_that_hangs_goes_on_when_its_transaction_is_ended(impatient: Database) -> None:
    patient = Database(impatient.url)
    numbers: list[str] = []

    def next_worker() -> None:
        with patient.write() as connection:
            numbers.append(open_ticket(connection, new_ticket())[1])

    waits = Thread(target=next_worker)
    with pytest.raises(sa.exc.DBAPIError, match="idle-in-transaction"):
        _hang(impatient, waits)

    assert numbers == ["26-00001"]
    patient.close()


def _hang(database: Database, others: Thread) -> None:
    """Hold the ticket numbers and do nothing until the others have ended."""
    with database.write() as connection:
        open_ticket(connection, new_ticket())
        others.start()
        others.join(20)
        connection.execute(sa.text("SELECT 1"))


def test_a_migration_takes_as_long_as_it_takes(postgres: Postgres) -> None:
    database = Database(postgres(), statement_timeout=timedelta(milliseconds=1))

    migrate(database)

    database.close()
