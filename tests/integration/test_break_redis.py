"""Redis forgets everything, goes away for a while, and comes back empty."""

import pytest

from tests.integration.broken import Broken
from tests.integration.claims import decided

pytestmark = [
    pytest.mark.service("dovecot", "postgres", "redis-server"),
    pytest.mark.xdist_group("breaks"),
    pytest.mark.timeout(480),
]


def test_redis_is_flushed_while_messages_flow(broken: Broken) -> None:
    assert broken.redis is not None
    before = decided(broken.town)

    broken.letters.deliver(5)
    broken.town.until("nothing is decided", lambda: decided(broken.town) > before, seconds=60)
    broken.redis.flush()
    broken.letters.deliver(5)
    broken.redis.flush()

    broken.settle()


def test_redis_is_stopped_and_comes_back_empty(broken: Broken) -> None:
    assert broken.redis is not None

    broken.redis.server.stop()
    broken.letters.deliver(6)
    schedulers = [broken.programs[name] for name in ("scheduler-1", "scheduler-2")]
    broken.town.until(
        "no scheduler misses Redis", lambda: any("could not be rung" in each.said for each in schedulers), seconds=60
    )
    broken.redis.server.start()

    broken.settle()
    assert all(each.runs for each in broken.programs.values())
