"""An embedded database for the fast tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database
from tests.tables import embedded_with_tables


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Database]:
    """Give an embedded database with every table."""
    database = embedded_with_tables(tmp_path / "svarsvakt.sqlite3")
    yield database
    database.close()
