"""One large installation that the breaks share: each leaves it working, with every message accounted for."""

from collections.abc import Iterator

import pytest

from tests.integration.broken import Broken, installed, wait_until_read


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
