"""A PostgreSQL server that forgets: no fsync, no socket file, an empty database a test."""

import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from store.database import Database
from store.migrate import migrate
from tests.services.postgres_tables import Tables
from tests.services.programs import Server, folder_of, free_port, give_away, need, ordinary_user, run

#: Debian keeps the programs out of PATH, one folder a version.
DEBIAN = "/usr/lib/postgresql/*/bin"

#: Speed over safety: these databases live for one test.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "timezone": "Europe/Stockholm",
}

#: The database that others are copied from.
TABLES = "tables"

#: So many tests have a database one after the other: what they delete stays in its files.
SERVES = 100


@dataclass
class Postgres:
    """A running server; call it to get the URL of a new empty database."""

    folder: Path
    port: int
    server: Server
    #: True: its folder outlives it.
    kept: bool = False
    _made: list[str] = field(default_factory=list)
    _count: int = 0
    _tables: Tables | None = None
    #: Databases with every table that a test has, and those that wait for the next, by how many they have served.
    _lent: dict[str, int] = field(default_factory=dict)
    _free: dict[str, int] = field(default_factory=dict)

    @classmethod
    def start(cls, kept: Path | None = None, **changes: str) -> "Postgres":
        """Make a cluster and start it on a free port, with changed settings.

        `kept`: the folder of one that is made once and stays.
        """
        initdb, program = need("initdb", DEBIAN), need("postgres", DEBIAN)
        folder, port, user = kept or folder_of("postgres"), free_port(), ordinary_user()
        if kept:
            kept.mkdir(parents=True, exist_ok=True)
            give_away(kept)
        cluster = folder / "cluster"
        if not cluster.exists():
            options = ["-U", "svarsvakt", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
            run([initdb, "-D", str(cluster), *options], user=user)
        settings = [word for key, value in {**SETTINGS, **changes}.items() for word in ("-c", f"{key}={value}")]
        # What is kept is closed in order: a cluster that was cut off is slow to start.
        goodbye = signal.SIGINT if kept else signal.SIGQUIT
        server = Server(
            [program, "-D", str(cluster), "-p", str(port), *settings], [port], folder / "log", user, goodbye
        )  # fmt: skip
        server.start()
        made = cls(folder, port, server, kept=kept is not None)
        made._wait_until_up()
        return made

    def __call__(self) -> str:
        """Make an empty database and return its `postgresql+psycopg://` URL."""
        self._count += 1
        return self.make(f"test_{self._count}")

    def make(self, name: str) -> str:
        """Make an empty database and return its URL."""
        self._create(name, template="template0")
        self._made.append(name)
        return self.url_of(name)

    def url_of(self, name: str) -> str:
        """Return the URL of a database."""
        return f"postgresql+psycopg://svarsvakt@127.0.0.1:{self.port}/{name}"

    def with_tables(self) -> str:
        """Return the URL of a database with every table, as the migrations leave them.

        It is one that an earlier test had, emptied since: to copy one costs half a second.
        """
        if not self._free:
            self._free[self._copy()] = 0
        name, served = self._free.popitem()
        self._lent[name] = served + 1
        return self.url_of(name)

    def with_tables_for_long(self) -> str:
        """Return the URL of one that no test's end takes back: it goes with the server."""
        return self.url_of(self._copy())

    def _copy(self) -> str:
        if self._tables is None:
            self._create(TABLES, template="template0")
            migrated = Database(self.url_of(TABLES))
            migrate(migrated)
            migrated.close()
            with psycopg.connect(self._place_of(TABLES)) as connection:
                self._tables = Tables.read(connection)
        self._count += 1
        name = f"test_{self._count}"
        self._create(name, template=TABLES)
        return name

    def has(self, name: str) -> bool:
        """Return whether there is such a database."""
        with psycopg.connect(self.administration) as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def call(self, name: str, better: str) -> None:
        """Give a database another name."""
        self._execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(better)))

    def drop_all(self) -> None:
        """Take back every database that was made, whoever is still connected."""
        while self._made:
            self._drop(self._made.pop())
        while self._lent:
            name, served = self._lent.popitem()
            if served < SERVES and self._is_emptied(name):
                self._free[name] = served
            else:
                self._drop(name)

    def _is_emptied(self, name: str) -> bool:
        """Empty a database for the next test; return False when a test has changed more than rows."""
        assert self._tables is not None
        with psycopg.connect(self._place_of(name)) as connection:
            return self._tables.restore(connection)

    def _drop(self, name: str) -> None:
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _place_of(self, name: str) -> str:
        return self.url_of(name).replace("+psycopg", "")

    @property
    def administration(self) -> str:
        """How to reach the server itself, beside any database of a test."""
        return f"host=127.0.0.1 port={self.port} user=svarsvakt dbname=postgres"

    def restart(self) -> None:
        """Start it after its server was stopped, and wait until it has recovered."""
        self.server.start()
        self._wait_until_up()

    def stop(self) -> None:
        """Stop it and take its folder away, unless it is kept."""
        self.server.stop()
        if self.kept:
            return
        shutil.rmtree(self.folder, ignore_errors=True)

    def _create(self, name: str, template: str) -> None:
        # PostgreSQL 15 would rather write the copy to its log, which is for big servers; those before cannot.
        by_file = sql.SQL(" STRATEGY file_copy" if self._version() >= 15 else "")
        names = sql.Identifier(name), sql.Identifier(template)
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}{}").format(*names, by_file))

    def _wait_until_up(self) -> None:
        """It takes connections a moment before it takes statements."""
        for _ in range(600):
            try:
                self._execute(sql.SQL("SELECT 1").format())
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        pytest.fail(f"PostgreSQL did not come up:\n{(self.folder / 'log').read_text()}", pytrace=False)

    def _version(self) -> int:
        return int((self.folder / "cluster" / "PG_VERSION").read_text())

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.administration, autocommit=True) as connection:
            connection.execute(statement)
