"""Contracts that need no server are run by `make check`; their mark keeps `make test` from running them twice."""

from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make check` runs, before the expression of `-m` is asked."""
    folder = Path(__file__).parent
    for item in items:
        if folder in item.path.parents and not item.get_closest_marker("service"):
            item.add_marker("checked")
