"""Who waits for a bell over Redis is told when it is rung, and asks seldom."""

import threading
import time
from collections.abc import Iterator

import dramatiq
import pytest
import redis

from cli.broker import make_broker
from cli.pushed import CHANNEL, PushingBroker

pytestmark = [pytest.mark.service("redis-server"), pytest.mark.timeout(60)]

#: Of a worker; it has no others.
QUEUES = ("decide", "receive", "send")


class Idle:
    """A worker that waits for bells."""

    def __init__(self, url: str) -> None:
        broker = make_broker(url)
        assert isinstance(broker, PushingBroker)
        self.broker = broker
        self.heard = threading.Semaphore(0)
        for queue in QUEUES:
            dramatiq.actor(broker=broker, actor_name=queue, queue_name=queue)(self.heard.release)
        self.worker = dramatiq.Worker(broker, worker_threads=2)
        self.redis = redis.Redis.from_url(url)

    def start(self) -> None:
        """Start it, and wait until it is told of bells."""
        self.worker.start()
        give_up_at = time.monotonic() + 10
        while not self.redis.pubsub_numsub(CHANNEL)[0][1]:  # type: ignore[index]
            assert time.monotonic() < give_up_at
            time.sleep(0.01)

    def ring(self) -> float:
        """Ring, and return after how many seconds it was heard."""
        began = time.monotonic()
        self.broker.get_actor("decide").send()
        assert self.heard.acquire(timeout=10)
        return time.monotonic() - began

    def asked(self) -> int:
        """Return how often Redis has run a script."""
        found = self.redis.info("commandstats").get("cmdstat_evalsha", {})  # type: ignore[union-attr]
        return int(found.get("calls", 0))


@pytest.fixture
def idle(redis_url: str) -> Iterator[Idle]:
    idle = Idle(redis_url)
    idle.start()
    yield idle
    idle.worker.stop(timeout=5_000)


def test_a_bell_is_heard_at_once_by_who_asks_seldom(idle: Idle) -> None:
    time.sleep(0.5)
    before = idle.asked()
    time.sleep(1)
    asked = idle.asked() - before

    assert asked <= len(QUEUES)
    assert idle.ring() < 0.5


def test_what_is_rung_while_the_line_is_broken_is_heard(idle: Idle) -> None:
    idle.redis.client_kill_filter(_type="pubsub")

    assert idle.ring() < 5


def test_a_worker_that_waits_ends_soon(idle: Idle) -> None:
    began = time.monotonic()

    idle.worker.stop(timeout=5_000)

    assert time.monotonic() - began < 2
