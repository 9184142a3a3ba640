"""An embedded database for the fast tests, migrated once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database
from store.migrate import migrate


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of an empty database with every table."""
    path = tmp_path_factory.mktemp("outbox") / "empty.sqlite3"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture
def embedded(migrated: Path, tmp_path: Path) -> Iterator[Database]:
    """Give an embedded database with every table and no row."""
    database = Database(f"sqlite:///{shutil.copy(migrated, tmp_path)}")
    yield database
    database.close()
