"""Loops: what keeps going until it is told to stop."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import dramatiq

from domain.errors import BadInput
from pipeline.runtime import Runtime
from pipeline.sweep import sweep
from store.leases import claim_lease, release_lease
from web.app import make_app
from web.server import PageServer

log = logging.getLogger(__name__)

#: Threads of the in-process worker.
THREADS = 4

#: How often the sweep looks whether something is due; each account has an interval of its own.
SWEEP_SECONDS = 1.0

#: A scheduler that died gives way to another after this.
SCHEDULING = timedelta(seconds=15)


def keep_sweeping(runtime: Runtime, stop: threading.Event | None = None) -> None:
    """Ring the bells until told to stop. A sweep that fails is noted, and the next one tries again."""
    stop = stop or threading.Event()
    holder = f"{socket.gethostname()}/{os.getpid()}/scheduler"
    try:
        while not stop.is_set():
            _sweep_alone(runtime, holder)
            stop.wait(SWEEP_SECONDS)
    finally:
        # Whoever is started next need not wait for the lease to run out.
        with runtime.database.write() as connection:
            release_lease(connection, "scheduler", holder)


def _sweep_alone(runtime: Runtime, holder: str) -> None:
    try:
        with runtime.database.write() as connection:
            mine = claim_lease(connection, "scheduler", holder, SCHEDULING)
        if mine:
            sweep(runtime)
    except Exception:
        log.exception("the sweep failed: the next one tries again")


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
    """Run a worker and the scheduler in this process until the block ends."""
    worker = dramatiq.Worker(broker, worker_timeout=100, worker_threads=THREADS)
    stop = threading.Event()
    scheduler = threading.Thread(target=keep_sweeping, args=(runtime, stop), name="scheduler", daemon=True)
    worker.start()
    scheduler.start()
    try:
        yield
    finally:
        stop.set()
        scheduler.join()
        worker.stop()


def free_port(host: str, port: int) -> socket.socket:
    """Return a listening socket on the port.

    Raises:
        BadInput: somebody else has the port.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
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


def serve(runtime: Runtime, host: str, port: int, *, demo_user: str | None = None) -> None:
    """Serve the pages until told to stop.

    Raises:
        BadInput: the port is taken.
    """
    listening = free_port(host, port)
    app = make_app(database=runtime.database, clock=runtime.clock, site=runtime.site, demo_user=demo_user)
    # The server raises the signal again once it has stopped: that is the way to end, not a fault.
    with listening, until_told_to_stop():
        PageServer(app).run(sockets=[listening])
