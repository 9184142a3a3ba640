"""Broker: what carries the bells between processes: nothing but this process' memory, Redis or RabbitMQ."""

import logging
import threading
from typing import Any

import dramatiq
import redis
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AgeLimit, TimeLimit

from cli.bell import HeardOnce, InMemory, InQueues, InRedis
from cli.pushed import PushingBroker
from domain.errors import BadInput
from domain.protocols import Step

#: A bell that nobody heard within this time is worth nothing: the sweep has rung since. More than an hour: a machine
#: whose clock is as wrong as that still hears the others' bells.
HEARD_WITHIN_MS = 2 * 60 * 60 * 1000

#: The longest that one step may take before its thread is interrupted; `STEPS` in `worker.py` says less of most.
STEP_LIMIT_MS = 10 * 60 * 1000

#: A Redis that does not answer is given up after this; the sweep rings again.
PATIENCE_SECONDS = 10

#: How long Redis keeps what was too old to be heard, for whoever wonders.
KEPT_MS = 60 * 60 * 1000

#: Bells that wait in one of RabbitMQ's queues. Those that name an account differ, the others are all alike.
MOST_OF_AN_ACCOUNT, MOST_ALIKE = 10_000, 1

#: Steps that are rung for an account.
OF_AN_ACCOUNT = frozenset({Step.receive, Step.reconcile})


class EndsTheBatch(dramatiq.Middleware):
    """Tells who works through what waits that its process is to end: another one goes on with the rest."""

    def __init__(self, stop: threading.Event) -> None:
        """Keep what tells them."""
        self._stop = stop

    def before_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Begin."""
        self._stop.clear()

    def before_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """End."""
        self._stop.set()


def make_broker(url: str) -> dramatiq.Broker:
    """Return the broker of a URL; an empty one keeps the bells in the process.

    A bell that waits already is not put beside itself, whoever rings. Nothing is tried again by the broker: the row is
    the queue, and the sweep rings for what is left.

    Raises:
        BadInput: the URL names no broker we know, or cannot be read.
    """
    if not url:
        return StubBroker(middleware=[HeardOnce(InMemory()), *_limits()])
    try:
        if url.startswith(("redis://", "rediss://", "unix://")):
            return _redis(url)
        if url.startswith(("amqp://", "amqps://")):
            return _rabbitmq(url)
    except ValueError as error:
        raise BadInput(f"SVARSVAKT_BROKER cannot be read as a URL ({error}): write redis://HOST:PORT/0") from error
    raise BadInput(
        "SVARSVAKT_BROKER is not a broker's URL: write redis://HOST:PORT/0, or amqp://USER:PASSWORD@HOST:PORT/%2F"
    )


def _limits() -> list[dramatiq.Middleware]:
    return [AgeLimit(max_age=HEARD_WITHIN_MS), TimeLimit(time_limit=STEP_LIMIT_MS)]


def _redis(url: str) -> dramatiq.Broker:
    """Return Redis; a killed process' bells come back after about ten seconds (docs/decisions/0003)."""
    client = redis.Redis.from_url(url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS)
    return PushingBroker(
        client, middleware=[HeardOnce(InRedis(client)), *_limits()], maintenance_chance=1_000_000,
        heartbeat_timeout=10_000, dead_message_ttl=KEPT_MS,
    )  # fmt: skip


def _rabbitmq(url: str) -> dramatiq.Broker:
    """Return RabbitMQ, whose queues refuse a bell beside one that waits."""
    # Here, because it takes a while: who rings by Redis need not wait for it.
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    class RefusingBroker(RabbitmqBroker):
        """Declares queues that are full with as many bells as can differ."""

        def _build_queue_arguments(self, queue_name: str) -> dict[str, Any]:
            most = MOST_OF_AN_ACCOUNT if queue_name in OF_AN_ACCOUNT else MOST_ALIKE
            arguments: dict[str, Any] = super()._build_queue_arguments(queue_name)  # type: ignore[no-untyped-call]
            return {**arguments, "x-max-length": most, "x-overflow": "reject-publish"}

    # It tells of each line that breaks, with where in its own code; dramatiq says the same in a line.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    return RefusingBroker(url=url, middleware=[HeardOnce(InQueues()), *_limits()])
