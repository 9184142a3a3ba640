"""The bell: in memory, over Redis and over RabbitMQ; one that waits already is not rung again."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import dramatiq
import pytest

from cli.bell import LOST_AFTER_SECONDS, DramatiqBell, InMemory, waiting_bells
from cli.broker import make_broker
from domain.errors import BadInput
from domain.ids import AccountId
from domain.protocols import Step

pytestmark = pytest.mark.timeout(120)

RINGS = 100


@pytest.fixture(
    params=[
        "memory",
        pytest.param("redis", marks=pytest.mark.service("redis-server")),
        pytest.param("rabbitmq", marks=[pytest.mark.service("rabbitmq-server"), pytest.mark.xdist_group("rabbitmq")]),
    ]
)
def broker(request: pytest.FixtureRequest) -> Iterator[dramatiq.Broker]:
    """Give an empty broker of each kind."""
    url = ""
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
    if request.param == "rabbitmq":
        url = request.getfixturevalue("rabbitmq_server").url
    made = make_broker(url)
    yield made
    made.flush_all()
    made.close()


class Heard:
    """What was heard, in order; each step may be held up."""

    def __init__(self, broker: dramatiq.Broker) -> None:
        self.bells: list[tuple[str, ...]] = []
        self.began = threading.Semaphore(0)
        self.may_end = threading.Event()
        self.may_end.set()
        actors = {step: self._actor(broker, step) for step in (Step.decide, Step.receive)}
        self.bell = DramatiqBell(actors, waiting_bells(broker))

    def _actor(self, broker: dramatiq.Broker, step: Step) -> Any:
        def hear(*account: str) -> None:
            self.bells.append((step, *account))
            self.began.release()
            self.may_end.wait(10)

        return dramatiq.actor(broker=broker, actor_name=step, queue_name=step)(hear)

    def wait(self, count: int) -> None:
        """Wait until so many more were heard."""
        for _ in range(count):
            assert self.began.acquire(timeout=15), f"not heard: {self.bells}"


@pytest.fixture
def working() -> Iterator[Callable[[dramatiq.Broker], None]]:
    """Give what starts a worker on a broker."""
    workers: list[dramatiq.Worker] = []

    def start(broker: dramatiq.Broker) -> None:
        workers.append(dramatiq.Worker(broker, worker_timeout=100, worker_threads=2))
        workers[-1].start()

    yield start
    for each in workers:
        each.stop(timeout=5_000)


def test_a_bell_is_heard_with_the_name_that_it_was_rung_for(
    broker: dramatiq.Broker, working: Callable[[dramatiq.Broker], None]
) -> None:
    heard = Heard(broker)
    working(broker)

    heard.bell.ring(Step.decide)
    heard.bell.ring(Step.receive, AccountId("gata"))
    heard.wait(2)

    assert sorted(heard.bells) == [("decide",), ("receive", "gata")]


def test_a_bell_that_waits_already_is_not_rung_again(
    broker: dramatiq.Broker, working: Callable[[dramatiq.Broker], None]
) -> None:
    heard = Heard(broker)

    for _ in range(RINGS):
        heard.bell.ring(Step.decide)
    heard.bell.ring(Step.receive, AccountId("gata"))
    heard.bell.ring(Step.receive, AccountId("bygg"))
    working(broker)
    heard.wait(3)
    heard.bell.ring(Step.receive, AccountId("park"))
    heard.wait(1)

    assert heard.bells.count(("decide",)) == 1
    assert sorted(heard.bells[:3]) == [("decide",), ("receive", "bygg"), ("receive", "gata")]


def test_a_bell_that_is_rung_during_the_work_is_heard_after_it(
    broker: dramatiq.Broker, working: Callable[[dramatiq.Broker], None]
) -> None:
    heard = Heard(broker)
    working(broker)
    heard.may_end.clear()

    heard.bell.ring(Step.decide)
    heard.wait(1)
    heard.bell.ring(Step.decide)
    heard.may_end.set()
    heard.wait(1)

    assert heard.bells == [("decide",)] * 2


def test_a_step_that_fails_is_not_tried_again_by_the_broker(
    broker: dramatiq.Broker, working: Callable[[dramatiq.Broker], None], caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[int] = []
    heard = Heard(broker)

    def fail() -> None:
        tries.append(1)
        raise ValueError("as a step may")

    failing = dramatiq.actor(broker=broker, actor_name=Step.seal, queue_name=Step.seal)(fail)
    working(broker)

    failing.send()
    heard.bell.ring(Step.decide)
    heard.wait(1)
    failing.send()
    heard.bell.ring(Step.decide)
    heard.wait(1)

    assert len(tries) <= 2
    assert "Retrying" not in caplog.text


def test_a_bell_that_was_lost_may_be_rung_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr("cli.bell.time.monotonic", lambda: now)
    waiting = InMemory()

    first, at_once = waiting.put("decide"), waiting.put("decide")
    now += LOST_AFTER_SECONDS
    later = waiting.put("decide")

    assert (first, at_once, later) == (True, False, True)


def test_a_broker_that_is_away_raises_nothing(caplog: pytest.LogCaptureFixture) -> None:
    broker = make_broker("redis://127.0.0.1:1/0")
    heard = Heard(broker)

    heard.bell.ring(Step.decide)

    assert "the bell for decide could not be rung, the sweep will: ConnectionError" in caplog.text


@pytest.mark.parametrize("url", ["http://queue.example", "kafka://queue.example", "redis://queue.example:many/0"])
def test_a_url_of_no_broker_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(BadInput, match="redis://HOST:PORT/0"):
        make_broker(url)
