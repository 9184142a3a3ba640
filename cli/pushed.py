"""Pushed: Redis as the broker, which says when a bell is rung: who waits for one does not ask all the time.

Dramatiq's own consumers ask Redis once a second for each queue, and once more for what is put off, which no bell is.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker

log = logging.getLogger(__name__)

#: Where it is said that a bell was rung; the message is the queue's name.
CHANNEL = "svarsvakt:rung"

#: How often a queue is asked although nothing was said of it: what a killed process had fetched comes back unsaid, and
#: to ask is to show that this process lives.
ASKS_EVERY_SECONDS = 3.0

#: The same while nobody says anything: Redis is away, or this process is to end.
ASKS_UNHEARD_SECONDS = 0.5

#: How often the line looks whether this process is to end, and how soon it is opened again after it broke.
LOOKS_EVERY_SECONDS, AGAIN_AFTER_SECONDS = 5.0, 3.0

#: How long dramatiq's own consumer sleeps, in milliseconds: the waiting is done here.
_AT_ONCE_MS = 1


class Rung:
    """Which queues something was put into. Safe between threads; one thread waits a queue."""

    def __init__(self) -> None:
        """Begin while nobody says anything."""
        self._of: defaultdict[str, threading.Event] = defaultdict(threading.Event)
        self._every = ASKS_UNHEARD_SECONDS

    def forget(self, queue: str) -> None:
        """Forget what was said of a queue, before it is asked."""
        self._of[queue].clear()

    def wait(self, queue: str) -> None:
        """Wait until something is said of a queue, or it is time to ask."""
        self._of[queue].wait(self._every)

    def say(self, *queues: str) -> None:
        """Say that there is something in a queue, or room for it."""
        for queue in queues:
            self._of[queue].set()

    def is_heard(self, heard: bool) -> None:
        """Note whether what is said is heard from now on; what was said until now may not have been."""
        self._every = ASKS_EVERY_SECONDS if heard else ASKS_UNHEARD_SECONDS
        self.say(*tuple(self._of))


class PushingBroker(RedisBroker):
    """Says when it puts something into a queue, and hears when others do."""

    def __init__(self, client: "redis.Redis", **settings: Any) -> None:
        """Keep the line; nothing is heard before the first queue is consumed."""
        super().__init__(client=client, **settings)  # type: ignore[no-untyped-call]
        self._rung = Rung()
        self._ending = threading.Event()
        self._listening: threading.Thread | None = None
        self._lock = threading.Lock()
        self.add_middleware(_Ends(self))

    def declare_queue(self, queue_name: str) -> None:
        """Declare a queue, without another one for what is put off: no bell is."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)

    def enqueue(self, message: "dramatiq.Message[Any]", *, delay: int | None = None) -> "dramatiq.Message[Any]":
        """Put a message into its queue, and say so."""
        put: dramatiq.Message[Any] = super().enqueue(message, delay=delay)
        self.client.publish(CHANNEL, put.queue_name)
        return put

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> dramatiq.Consumer:
        """Return what waits for a queue's messages."""
        del timeout
        with self._lock:
            if self._listening is None:
                self._listening = threading.Thread(target=self._listen, name="rung", daemon=True)
                self._listening.start()
        return _Waiting(super().consume(queue_name, prefetch, _AT_ONCE_MS), queue_name, self._rung)

    def begin(self) -> None:
        """Hear, as long as there is a worker."""
        self._ending.clear()

    def end(self) -> None:
        """Let nobody wait long from now on."""
        self._ending.set()
        self._rung.is_heard(False)

    def _listen(self) -> None:
        while not self._ending.is_set():
            try:
                self._hear()
            except redis.RedisError as error:
                # The consumers say that Redis is away; what was rung meanwhile they find by asking.
                log.info("what is rung is not heard, and asked for: %s", type(error).__name__)
            self._rung.is_heard(False)
            self._ending.wait(AGAIN_AFTER_SECONDS)
        self._listening = None

    def _hear(self) -> None:
        with self.client.pubsub(ignore_subscribe_messages=True) as line:
            line.subscribe(CHANNEL)
            self._rung.is_heard(True)
            while not self._ending.is_set():
                said = line.get_message(timeout=LOOKS_EVERY_SECONDS)
                if said is not None:
                    self._rung.say(said["data"].decode())


class _Waiting(dramatiq.Consumer):
    """Asks when something was said of its queue, and now and then."""

    def __init__(self, asking: dramatiq.Consumer, queue: str, rung: Rung) -> None:
        self._asking = asking
        self._queue = queue
        self._rung = rung

    def __next__(self) -> dramatiq.MessageProxy | None:
        self._rung.forget(self._queue)
        message = next(self._asking)
        if message is None:
            self._rung.wait(self._queue)
        return message

    def ack(self, message: dramatiq.MessageProxy) -> None:
        self._asking.ack(message)
        self._rung.say(self._queue)

    def nack(self, message: dramatiq.MessageProxy) -> None:
        self._asking.nack(message)
        self._rung.say(self._queue)

    def requeue(self, messages: Iterable[dramatiq.MessageProxy]) -> None:
        self._asking.requeue(messages)

    def close(self) -> None:
        self._asking.close()


class _Ends(dramatiq.Middleware):
    """Tells the broker that its worker begins and ends."""

    def __init__(self, broker: PushingBroker) -> None:
        self._broker = broker

    def before_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        self._broker.begin()

    def before_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        self._broker.end()
