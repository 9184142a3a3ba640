"""Databases with every table, each a copy of one that was migrated: no test pays for the migrations again."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from store.database import Connection, Database
from store.migrate import migrate

#: A test that asks for one of these databases runs once on each.
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.service("postgres"))]


@cache
def migrated_file() -> Path:
    """Return an SQLite file with every table and no row, made once a process."""
    folder = Path(tempfile.mkdtemp(prefix="svarsvakt-tables-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "tables.sqlite3"
    database = Database(f"sqlite:///{file}")
    migrate(database)
    database.close()
    return file


class Unhurried(Database):
    """A database in a file that waits for no disk: it lives for one test, which is not about losing power."""

    def __init__(self) -> None:
        """Be in no file yet."""
        super().__init__("sqlite:///nowhere.sqlite3")
        sa.event.listen(self.engine, "do_connect", self._connect_to_file)
        sa.event.listen(self.engine, "close", _forget_the_disk)

    def be_in(self, file: Path) -> None:
        """Be in another file from now on."""
        self._file = file
        self.url = f"sqlite:///{file}"

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        with super().write(durable=False) as connection:
            yield connection

    def _connect_to_file(self, _dialect: Any, _record: Any, arguments: list[Any], _named: Any) -> None:
        arguments[0] = str(self._file)


def _forget_the_disk(connection: Any, _record: Any) -> None:
    # Else the last one to close would bring everything to the disk.
    connection.execute("PRAGMA synchronous = OFF")


#: Those that no test has now. What SQLAlchemy has compiled stays with them: each statement anew would take longer than
#: most tests.
_given_back: list[Unhurried] = []


def embedded_with_tables(file: Path) -> Database:
    """Open a new SQLite file that has every table."""
    shutil.copy(migrated_file(), file)
    database = _given_back.pop() if _given_back else Unhurried()
    database.be_in(file)
    return database


@lru_cache(maxsize=4)
def on_server(url: str) -> Database:
    """Open a database of PostgreSQL that tests have one after the other, with what has been compiled for it."""
    return Database(url)


def give_back(database: Database) -> None:
    """Close a database that its test does not use any more."""
    database.close()
    if isinstance(database, Unhurried):
        _given_back.append(database)
