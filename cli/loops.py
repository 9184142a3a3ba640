"""Loops: what keeps going until it is told to stop."""

import logging
import math
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta

import dramatiq

from domain.errors import BadInput
from domain.protocols import Step
from pipeline.beat import SCHEDULER, Beats
from pipeline.listen import Listener
from pipeline.runtime import Runtime
from pipeline.stand_in import stand_in
from pipeline.sweep import WHOLE_EVERY, sweep, sweep_what_waits
from store.leases import claim_lease, release_lease

log = logging.getLogger(__name__)

#: The groups of threads of the in-process worker, by what they wait for: a mail server that hangs, or a way out that
#: does, must not hold up decisions.
GROUPS = (
    (frozenset({Step.receive, Step.reconcile, Step.crawl, Step.canary}), 16),
    (frozenset({Step.send_urgent}), 1),
    (frozenset({Step.send}), 2),
    (frozenset({Step.decide, Step.hold, Step.watch, Step.tell, Step.seal}), 3),
    (frozenset({Step.signal}), 1),
    (frozenset({Step.try_rules}), 1),
)

#: How often the sweep looks whether something waits or is due; each account has an interval of its own.
SWEEP_SECONDS = 1.0

#: The factor on the listener's waits: the lines of one host must not all be asked at once.
JITTER = (0.5, 1.5)

#: How long a thread that waits for a bell sleeps, before it looks whether it is to end; a bell wakes it at once.
LOOKING_MS = 1_000

#: How long a worker that is to end waits for the batches in hand. What hangs longer is cut off, and comes back by its
#: lease.
ENDING_MS = 6_000

#: A scheduler that died gives way to another after this.
SCHEDULING = timedelta(seconds=15)


def keep_sweeping(runtime: Runtime, stop: threading.Event | None = None) -> None:
    """Ring the bells until told to stop. A sweep that fails is noted, and the next one tries again."""
    stop = stop or threading.Event()
    holder = f"{socket.gethostname()}/{os.getpid()}/scheduler"
    sweeper = Sweeper(runtime, holder)
    try:
        while not stop.is_set():
            sweeper.turn()
            stop.wait(SWEEP_SECONDS)
    finally:
        # Whoever is started next need not wait for the lease to run out.
        with runtime.database.write() as connection:
            release_lease(connection, "scheduler", holder)


class Sweeper:
    """Sweeps, while no other process does: a whole sweep now and then, and between what waits."""

    def __init__(self, runtime: Runtime, holder: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin with a whole sweep.

        Args:
            runtime: whose bells are rung.
            holder: this process' name, for the lease.
            monotonic: seconds that only grow.
        """
        self._runtime = runtime
        self._holder = holder
        self._monotonic = monotonic
        self._beats = Beats()
        self._whole_at = -math.inf

    def turn(self) -> None:
        """Sweep once, if it is this process that does; a failure is noted, and the next turn tries again."""
        try:
            # The lease of the last whole sweep lasts longer than the next one is away.
            if self._monotonic() < self._whole_at:
                sweep_what_waits(self._runtime)
            elif self._is_ours():
                self._whole_at = self._monotonic() + WHOLE_EVERY.total_seconds()
                self._sweep()
        except Exception:
            log.exception("the sweep failed: the next one tries again")

    def _is_ours(self) -> bool:
        with self._runtime.database.write(durable=False) as connection:
            return claim_lease(connection, "scheduler", self._holder, SCHEDULING)

    def _sweep(self) -> None:
        try:
            sweep(self._runtime)
            self._beats.note(self._runtime.database, SCHEDULER, self._holder, self._runtime.now)
        finally:
            stand_in(self._runtime)


@contextmanager
def until_told_to_stop() -> Iterator[None]:
    """End the block quietly at Ctrl-C, and at the SIGTERM of a service's supervisor; only in the main thread."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def small_shape(broker: dramatiq.Broker, runtime: Runtime) -> Iterator[None]:
    """Run workers, the scheduler and the listener in this process until the block ends."""
    workers = [
        dramatiq.Worker(broker, queues=set(steps), worker_timeout=LOOKING_MS, worker_threads=threads)
        for steps, threads in GROUPS
    ]
    stop = threading.Event()
    loops = [
        threading.Thread(target=keep, args=(runtime, stop), name=keep.__name__, daemon=True)
        for keep in (keep_sweeping, keep_listening)
    ]
    with _unsurprised(broker.logger):
        for worker in workers:
            worker.start()
    for loop in loops:
        loop.start()
    try:
        yield
    finally:
        stop.set()
        runtime.crew.close()
        for loop in loops:
            loop.join()
        with ThreadPoolExecutor(len(workers)) as pool:
            list(pool.map(lambda each: each.stop(timeout=ENDING_MS), workers))


@contextmanager
def _unsurprised(logger: logging.Logger) -> Iterator[None]:
    """Keep the broker from wondering about several workers in one process: each brings a middleware of its own."""
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def keep_listening(runtime: Runtime, stop: threading.Event | None = None) -> None:
    """Hold every mailbox in IDLE until told to stop; any number may run, a lease lets one listen."""
    holder = f"{socket.gethostname()}/{os.getpid()}/listener"
    listener = Listener(
        runtime,
        monotonic=time.monotonic,
        jitter=lambda: random.uniform(*JITTER),  # noqa: S311
        holder=holder,
    )
    listener.run(stop or threading.Event())


def free_port(host: str, port: int) -> socket.socket:
    """Return a listening socket on the port; what is written to its lines leaves at once.

    Else the second part of an answer waits 40 ms for the browser to acknowledge the first: asyncio sees to that only on
    sockets that it opened itself.

    Raises:
        BadInput: somebody else has the port.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise BadInput(
            f"port {port} on {host} is taken or not allowed ({error.strerror}): choose another, "
            f"such as make run PORT={port + 1}"
        ) from error
    listening.listen(128)
    return listening
