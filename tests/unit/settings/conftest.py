"""The small site folder, fresh for every test."""

from pathlib import Path

import pytest

from tests.unit.settings.town import write_town


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Return a site folder that is right in everything."""
    folder = tmp_path / "town"
    folder.mkdir()
    return write_town(folder)
