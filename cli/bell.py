"""Bell: rings by sending a task that carries nothing but an account's name, and no second one while that waits."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import dramatiq
import redis

from domain.ids import AccountId
from domain.protocols import Step

log = logging.getLogger(__name__)

#: A bell that nobody has heard by then may be rung again. It was lost, or a process all of whose threads are busy has
#: fetched it from Redis: no SMS must wait until one of them is free while another process has nothing to do.
LOST_AFTER_SECONDS = 3

#: What the keys of waiting bells begin with in Redis.
_PREFIX = "svarsvakt:bell:"


class WaitingBells(Protocol):
    """Which bells have been rung and not been heard."""

    def put(self, name: str) -> bool:
        """Note that a bell is rung; return False when the same one waits already."""
        ...

    def take(self, name: str) -> None:
        """Note that a bell is heard: what comes from now on needs another."""
        ...


class InMemory:
    """Waiting bells of one process. Safe to share between threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._rung: dict[str, float] = {}
        self._lock = threading.Lock()

    def put(self, name: str) -> bool:
        """Note a bell, unless it was rung a moment ago and not heard."""
        now = time.monotonic()
        with self._lock:
            if now - self._rung.get(name, -LOST_AFTER_SECONDS) < LOST_AFTER_SECONDS:
                return False
            self._rung[name] = now
            return True

    def take(self, name: str) -> None:
        """Forget a bell."""
        with self._lock:
            self._rung.pop(name, None)


class InRedis:
    """Waiting bells of all processes, a key each; one that is lost with its worker goes by itself."""

    def __init__(self, client: "redis.Redis") -> None:
        """Keep the line."""
        self._client = client

    def put(self, name: str) -> bool:
        """Make the key, unless it is there."""
        return bool(self._client.set(_PREFIX + name, 1, nx=True, ex=LOST_AFTER_SECONDS))

    def take(self, name: str) -> None:
        """Take the key away."""
        self._client.delete(_PREFIX + name)


class InQueues:
    """Waiting bells where the broker's own queues refuse what waits already."""

    def put(self, name: str) -> bool:
        """Leave it to the queue."""
        return bool(name)

    def take(self, name: str) -> None:
        """Remember nothing."""
        del name


class HeardOnce(dramatiq.Middleware):
    """Takes a bell from those that wait before its work begins: what comes during the work rings anew."""

    def __init__(self, waiting: WaitingBells) -> None:
        """Keep which bells wait."""
        self.waiting = waiting

    def before_process_message(self, broker: dramatiq.Broker, message: Any) -> None:
        """Note that a bell is heard, also when it is too old to be followed."""
        self.waiting.take(_name(message.actor_name, *message.args))


class DramatiqBell:
    """Rings by the broker."""

    def __init__(self, actors: Mapping[Step, Any], waiting: WaitingBells) -> None:
        """Keep one actor a step, and which bells wait."""
        self._actors = actors
        self._waiting = waiting

    def ring(self, step: Step, account: AccountId | None = None) -> None:
        """Send the task, unless it waits already; a broker that is away is noted, and the sweep rings later."""
        arguments = () if account is None else (account,)
        try:
            if self._waiting.put(_name(step, *arguments)):
                self._actors[step].send(*arguments)
        except Exception as error:
            # One line: while the broker is away, this comes with every sweep.
            log.warning("the bell for %s could not be rung, the sweep will: %s", step, type(error).__name__)


def few_at_once(work: Callable[..., None], most: int) -> Callable[..., None]:
    """Return the work as only so many threads of this process do it at once.

    Who comes beside them leaves it to them: they go on until nothing waits, and the sweep rings again within a second.
    Else one mailbox in which thousands wait would take every thread, and nobody read the others.
    """
    places = threading.BoundedSemaphore(most)

    def done_by_few(*arguments: object) -> None:
        if places.acquire(blocking=False):
            try:
                work(*arguments)
            finally:
                places.release()

    return done_by_few


def waiting_bells(broker: dramatiq.Broker) -> WaitingBells:
    """Return which bells of a broker wait."""
    return next(each.waiting for each in broker.middleware if isinstance(each, HeardOnce))


def _name(step: str, *arguments: object) -> str:
    return "/".join((step, *map(str, arguments)))
