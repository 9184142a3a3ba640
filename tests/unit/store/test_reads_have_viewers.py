"""Nothing of the store is read without saying on whose behalf (P12)."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator

import pytest

import store
from tests.contracts.store_reads import READS

#: What a function that changes rows begins with.
WRITES = (
    "activate", "add_", "adopt", "append", "cancel_", "claim_", "close_", "drop_", "end_", "forget_", "give_", "hold_",
    "insert_", "keep_", "mark_", "name_", "note_", "open_", "put_", "release_", "rename_", "renew_", "route_", "seal_",
    "set_", "settle_", "sharpen_", "take_",
)  # fmt: skip

#: What touches no row of any table.
NO_ROWS = {"database.database_now", "leases.upsert", "migrate.alembic_config"}


def public_functions() -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield every public function of the store that works on a connection, with its module."""
    for module in pkgutil.iter_modules(store.__path__):
        if module.name == "migrations":
            continue
        loaded = importlib.import_module(f"store.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            own = function.__module__ == loaded.__name__ and not name.startswith("_")
            if own and next(iter(inspect.signature(function).parameters), "") == "connection":
                yield f"{module.name}.{name}", function


def is_read(name: str) -> bool:
    """Return whether a function reads rows, by its name."""
    return name not in NO_ROWS and not name.partition(".")[2].startswith(WRITES)


FUNCTIONS = dict(public_functions())


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if is_read(name)])
def test_every_read_takes_a_viewer_right_after_the_connection(name: str) -> None:
    assert list(inspect.signature(FUNCTIONS[name]).parameters)[:2] == ["connection", "viewer"]


def test_every_read_has_its_line_in_the_table_of_reads_and_every_line_a_read() -> None:
    assert {name for name in FUNCTIONS if is_read(name)} == set(READS)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if not is_read(name)])
def test_what_takes_a_viewer_is_named_as_a_read(name: str) -> None:
    assert "viewer" not in inspect.signature(FUNCTIONS[name]).parameters


def test_the_functions_that_touch_no_row_still_exist() -> None:
    assert set(FUNCTIONS) >= NO_ROWS
