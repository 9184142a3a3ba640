"""Two installations that the breaks share, a large and a small one.

Each leaves them working, with every message accounted for.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.broken import Broken, installed, wait_until_read
from tests.services.programs import need


@pytest.fixture(scope="session")
def running_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    """Run two workers, two schedulers, a listener and the pages on PostgreSQL and Redis."""
    with installed(tmp_path_factory.mktemp("large"), large=True) as broken:
        for name in ("worker-1", "worker-2"):
            broken.start_worker(name)
        for name in ("scheduler-1", "scheduler-2"):
            broken.start(name, "scheduler")
        broken.start("listener", "listen")
        broken.start("pages", "web")
        broken.wait_until_ready("worker-1", "worker-2")
        wait_until_read(broken)
        broken.town.until("no page is served", broken.answers, seconds=60)
        yield broken


@pytest.fixture
def broken(running_town: Broken) -> Iterator[Broken]:
    """Give it with servers that behave."""
    running_town.smtp.behave()
    yield running_town
    running_town.smtp.behave()


@pytest.fixture(scope="session")
def running_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    """Run everything in one process on SQLite, under a clock that can be set: it reads a file of its folder."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "offset").write_text("+0")
    with installed(folder, large=False, **set_by(folder / "offset")) as broken:
        broken.start("run", "run")
        wait_until_read(broken)
        yield broken


@pytest.fixture
def alone(running_alone: Broken) -> Iterator[Broken]:
    """Give it with servers that behave."""
    running_alone.smtp.behave()
    yield running_alone
    running_alone.smtp.behave()


def set_by(offset: Path) -> dict[str, str]:
    """Return the environment of programs whose clock is as wrong as a file says."""
    return {
        "LD_PRELOAD": need("libfaketimeMT.so.1", "/usr/lib/*/faketime", "/usr/lib/faketime"),
        "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_CACHE_DURATION": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_RESET": "1",
        # Else who waits for Python's lock wakes at once and asks again: all threads together then get nowhere.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
    }  # fmt: skip
