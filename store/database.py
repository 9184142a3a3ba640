"""The database: one engine, write and read transactions, and its own clock."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock, local
from time import monotonic
from typing import Any

import sqlalchemy as sa

from domain.errors import BadInput
from store.columns import clean_json_text

#: A connection in a transaction: what the stages and the pipeline hand around without knowing the library.
Connection = sa.Connection

#: SQLite waits this long for another writer before it gives up.
BUSY_TIMEOUT_SECONDS = 30

#: Connections that a process keeps at most: one for each thread that works, and some to spare.
CONNECTIONS = 20

#: Which connection was in use so lately is taken to live still. To ask each of them each time, before a transaction of
#: two or three statements, was a quarter of all that a quiet worker asked of PostgreSQL.
TRUSTED_SECONDS = 1.0

#: A server of PostgreSQL that cannot be reached, or whose machine is gone, is given up after about this.
LINE = {
    "connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}  # fmt: skip

#: Milliseconds between two tries to begin to write.
NAP_MS = 1

#: PostgreSQL breaks off what takes longer. A worker that hangs within a transaction must not hold back the others for
#: ever: they wait for each other at the ticket numbers.
STATEMENT_TIMEOUT = timedelta(minutes=1)
IDLE_TIMEOUT = timedelta(minutes=5)


class Database:
    """One database: SQLite for the one-process shape, PostgreSQL for many processes."""

    def __init__(
        self, url: str, *, statement_timeout: timedelta = STATEMENT_TIMEOUT, idle_timeout: timedelta = IDLE_TIMEOUT,
        connections: int = CONNECTIONS,
    ) -> None:  # fmt: skip
        """Open an engine; no connection is made yet.

        Args:
            url: which database.
            statement_timeout: after which PostgreSQL breaks a statement off, its waiting for locks included; zero:
                never.
            idle_timeout: after which PostgreSQL ends a transaction in which nothing happens; zero: never.
            connections: that are kept open at most; half as many more are opened while all are in use.

        Raises:
            BadInput: the URL names no database we know.
        """
        self.url = _with_driver(url)
        self.engine = sa.create_engine(
            self.url, hide_parameters=True, pool_size=connections, max_overflow=connections // 2,
            json_serializer=clean_json_text,
        )  # fmt: skip
        self._unhurried = self.engine.execution_options(durable=False)
        self._remaking = self.engine.execution_options(keeps_references=False)
        self._watching: sa.PoolProxiedConnection | None = None
        self._watching_lock = Lock()
        #: Who writes, of this process.
        self._turn: AbstractContextManager[object] = nullcontext()
        if self.is_sqlite:
            self._turn = _Turn()
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)
            self._reading = self.engine.execution_options(reads_only=True)
        else:
            sa.event.listen(self.engine, "connect", partial(_limit_postgresql, statement_timeout, idle_timeout))
            sa.event.listen(self.engine, "checkin", _note_use)
            sa.event.listen(self.engine, "checkout", partial(_see_that_it_lives, self.engine.dialect))
            self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @property
    def shown(self) -> str:
        """Its URL as it may be shown: without the password."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[sa.Connection]:
        """Yield a connection in a transaction that commits at the end and rolls back on any error.

        `durable=False`: a cut of the power may undo it, with everything after it; the death of a process never does.
        It waits for no disk, and the next durable transaction makes it as lasting as itself.
        """
        with self._turn, (self.engine if durable else self._unhurried).begin() as connection:
            if not durable and not self.is_sqlite:
                connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")
            yield connection

    @contextmanager
    def remake(self) -> Iterator[sa.Connection]:
        """Yield a connection like `write` for migrations: SQLite must make a table anew to change it.

        While it does so, the rows that refer to the old one refer to nothing.
        """
        with self._turn, self._remaking.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Yield a connection in a transaction that can change nothing and sees one state of all tables."""
        with self._reading.connect() as connection, connection.begin():
            yield connection

    def state(self) -> str:
        """Return what is another whenever somebody, here or elsewhere, has committed something since."""
        if self.is_sqlite:
            return self._sqlite_state()
        with self._reading.connect() as connection:
            return str(connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one())

    def _sqlite_state(self) -> str:
        """Ask on a connection of its own: SQLite tells each what the others have done."""
        with self._watching_lock:
            if self._watching is None:
                self._watching = self.engine.raw_connection()
            driver: Any = self._watching.driver_connection
            return str(driver.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Let go of every connection."""
        with self._watching_lock:
            if self._watching is not None:
                self._watching.close()
                self._watching = None
        self.engine.dispose()


class _Turn:
    """Lets the threads of a process write to SQLite one after the other; who waits takes no connection meanwhile.

    Left to SQLite alone, each of them would ask again every millisecond, and take the interpreter from the one that
    writes: the more wait, the longer each takes. Who has waited too long asks SQLite, which says so.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._holder = local()

    def __enter__(self) -> None:
        self._holder.holds = self._lock.acquire(timeout=BUSY_TIMEOUT_SECONDS)

    def __exit__(self, *_: object) -> None:
        if self._holder.holds:
            self._lock.release()


def database_now(connection: sa.Connection) -> datetime:
    """Return the database's time, aware UTC: leases and back-off use it, so that many machines agree."""
    if connection.dialect.name == "sqlite":
        text = connection.exec_driver_sql("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')").scalar_one()
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    now: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return now.astimezone(UTC)


def _with_driver(url: str) -> str:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise BadInput(
            "SVARSVAKT_DATABASE is not a database URL: write sqlite:///svarsvakt.sqlite or postgresql://user@host/name"
        ) from None
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise BadInput(f"SVARSVAKT_DATABASE names {parsed.get_backend_name()}: use sqlite or postgresql")
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.update_query_dict({**LINE, **parsed.query})
    return parsed.render_as_string(hide_password=False)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late and is never IMMEDIATE: we send it ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    # First of all: to change the journal is already to wait for others.
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _limit_postgresql(statement: timedelta, idle: timedelta, connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        for name, timeout in (("statement_timeout", statement), ("idle_in_transaction_session_timeout", idle)):
            cursor.execute("SELECT set_config(%s, %s, false)", (name, str(timeout // timedelta(milliseconds=1))))
    connection.commit()


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used_at"] = monotonic()


def _see_that_it_lives(dialect: Any, connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection that nobody has used for a while whether it lives; if not, all of the pool are opened anew."""
    now = monotonic()
    if now - record.info.get("used_at", now) < TRUSTED_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise sa.exc.InvalidatePoolError from error


def _begin_sqlite(connection: sa.Connection) -> None:
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {int(reads_only)}")
    durable = connection.get_execution_options().get("durable", True)
    connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    # Within a transaction it would say nothing.
    keeps_references = connection.get_execution_options().get("keeps_references", True)
    connection.exec_driver_sql(f"PRAGMA foreign_keys = {int(keeps_references)}")
    if reads_only:
        connection.exec_driver_sql("BEGIN")
    else:
        _begin_writing(connection)


def _begin_writing(connection: sa.Connection) -> None:
    """Begin to write as soon as nobody else does; after `BUSY_TIMEOUT_SECONDS` of others' writing give up.

    SQLite itself waits in ever longer naps, up to a tenth of a second: where several write much, most of the time is
    slept away, and some hardly get a turn.
    """
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA busy_timeout = {NAP_MS}")
    try:
        give_up_at = monotonic() + BUSY_TIMEOUT_SECONDS
        while not _began(driver) and monotonic() < give_up_at:
            pass
        if not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")


def _began(driver: Any) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True
