"""An embedded database for the fast tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database
from store.migrate import migrate


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Database]:
    """Give an embedded database with every table."""
    database = Database(f"sqlite:///{tmp_path}/svarsvakt.sqlite3")
    migrate(database)
    yield database
    database.close()
