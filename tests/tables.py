"""Databases with every table, each a copy of one that was migrated: no test pays for the migrations again."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest

from store.database import Database
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


def embedded_with_tables(file: Path) -> Database:
    """Open a new SQLite file that has every table."""
    return Database(f"sqlite:///{shutil.copy(migrated_file(), file)}")
