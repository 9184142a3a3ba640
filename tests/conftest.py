"""Fixtures for every test: real servers, each started once a worker, when first asked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database
from tests.services.cyrus import Cyrus
from tests.services.dovecot import Dovecot
from tests.services.postgres import Postgres
from tests.services.rabbitmq import RabbitMq
from tests.services.redis import Redis
from tests.services.smtp import SmtpServer
from tests.tables import BOTH, embedded_with_tables, give_back, on_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """Run PostgreSQL for the session."""
    # Tidying up after what each test deletes would cost more than the tests' own statements.
    server = Postgres.start(autovacuum="off")
    yield server
    server.stop()


@pytest.fixture
def postgres(postgres_server: Postgres) -> Iterator[Postgres]:
    """Give a factory of empty databases: `postgres()` returns a `postgresql+psycopg://` URL."""
    yield postgres_server
    postgres_server.drop_all()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """Run Redis for the session."""
    server = Redis.start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """Give the URL of an empty Redis."""
    redis_server.flush()
    return redis_server.url


@pytest.fixture(scope="session")
def rabbitmq_server() -> Iterator[RabbitMq]:
    """Run RabbitMQ for the session: it takes some seconds to start."""
    server = RabbitMq.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """Run Dovecot for the session; each test makes its own mailbox with `dovecot.add_user()`."""
    server = Dovecot.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def cyrus() -> Iterator[Cyrus]:
    """Run Cyrus for the session; each test makes its own mailbox with `cyrus.add_user()`."""
    server = Cyrus.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def smtp_process() -> Iterator[SmtpServer]:
    """Run an SMTP server in its own process for the session."""
    server = SmtpServer.start()
    yield server
    server.stop()


@pytest.fixture
def smtp_server(smtp_process: SmtpServer) -> Iterator[SmtpServer]:
    """Give an SMTP server that has received nothing and behaves."""
    smtp_process.clear()
    yield smtp_process
    smtp_process.behave()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Database]:
    """Give an embedded database with every table."""
    database = embedded_with_tables(tmp_path / "svarsvakt.sqlite3")
    yield database
    give_back(database)


@pytest.fixture(params=BOTH)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a database without tables, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/svarsvakt.sqlite3"
    url: str = request.getfixturevalue("postgres")()
    return url


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give a database with every table, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        opened = embedded_with_tables(tmp_path / "svarsvakt.sqlite3")
    else:
        opened = on_server(request.getfixturevalue("postgres").with_tables())
    yield opened
    give_back(opened)
