"""Broker and actors: an actor is a bell that calls one step of the pipeline; the database row is the queue."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AgeLimit, ShutdownNotifications, TimeLimit

from cli.logs import start_logging
from connectors.signal import send_signal
from domain.errors import BadInput
from domain.ids import AccountId
from domain.protocols import Bell, Clock, Step
from pipeline.active_site import ActiveSite
from pipeline.alert_link import find_key
from pipeline.beat import Beats
from pipeline.canary import send_canaries
from pipeline.crawl import crawl_due
from pipeline.crew import Outfit, ProcessCrew
from pipeline.decide import decide
from pipeline.holding import hold
from pipeline.memory import give_memory_back
from pipeline.reconcile import reconcile_when_due
from pipeline.runtime import Alone, Runtime
from pipeline.seal import seal
from pipeline.send import send
from pipeline.signal import signal
from pipeline.tell import tell
from pipeline.visit import visit
from pipeline.watch import watch
from pipeline.wires import RealWires, Wires
from settings import canonical
from settings.environment import Environment, read_environment
from settings.secrets import Secrets
from store.database import Database

log = logging.getLogger(__name__)

#: A bell that nobody heard within this time is worth nothing: the sweep has rung since.
HEARD_WITHIN_MS = 5 * 60 * 1000

#: The longest that one step may take before its thread is interrupted.
STEP_LIMIT_MS = 10 * 60 * 1000

#: Which bells a worker process hears first of those that have reached it: no SMS must wait for visits to mailboxes.
HEARD_FIRST = (Step.send_urgent, Step.decide, Step.send)


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the instant, aware UTC."""
        return datetime.now(UTC)


def worker_name() -> str:
    """Return a name that no other claiming thread has: machine, process and thread."""
    return f"{socket.gethostname()}/{os.getpid()}/{threading.get_ident()}"


def make_broker(url: str) -> dramatiq.Broker:
    """Return the broker of a URL; an empty one keeps the bells in the process.

    A killed process' bells come back after about ten seconds (docs/decisions/0003).

    Raises:
        BadInput: the URL names no broker we know.
    """
    middleware = [AgeLimit(max_age=HEARD_WITHIN_MS), TimeLimit(time_limit=STEP_LIMIT_MS), ShutdownNotifications()]
    if not url:
        return StubBroker(middleware=middleware)
    if url.startswith(("redis://", "rediss://")):
        return RedisBroker(  # type: ignore[no-untyped-call]
            url=url, middleware=middleware, maintenance_chance=1_000_000, heartbeat_timeout=10_000
        )
    if url.startswith(("amqp://", "amqps://")):
        raise BadInput("RabbitMQ is not built yet: set SVARSVAKT_BROKER to redis://HOST:PORT/0")
    raise BadInput("SVARSVAKT_BROKER is not a broker's URL: write redis://HOST:PORT/0")


class DramatiqBell:
    """Rings by sending a task that carries nothing but an account's name."""

    def __init__(self, actors: Mapping[Step, Any]) -> None:
        """Keep one actor a step."""
        self._actors = actors

    def ring(self, step: Step, account: AccountId | None = None) -> None:
        """Send the task; a broker that is away is noted, and the sweep rings later."""
        try:
            self._actors[step].send(*(() if account is None else (account,)))
        except Exception as error:
            # One line: while the broker is away, this comes with every sweep.
            log.warning("the bell for %s could not be rung, the sweep will: %s", step, type(error).__name__)


def install_actors(broker: dramatiq.Broker, runtime: "LateRuntime") -> Bell:
    """Declare one actor a step on the broker; return the bell that rings them."""
    beats = Beats()

    def actor(step: Step, function: Any) -> Any:
        def noted(*arguments: Any) -> None:
            late = runtime.get()
            beats.begin(step, late.now)
            try:
                function(*arguments)
            finally:
                beats.end()
            beats.note(late.database, step, late.worker(), late.now)

        priority = HEARD_FIRST.index(step) if step in HEARD_FIRST else len(HEARD_FIRST)
        return dramatiq.actor(broker=broker, actor_name=step, queue_name=step, priority=priority)(noted)

    return DramatiqBell(
        {
            Step.receive: actor(Step.receive, lambda account: _quietly(visit(runtime.get(), AccountId(account)))),
            Step.reconcile: actor(
                Step.reconcile, lambda account: _quietly(reconcile_when_due(runtime.get(), AccountId(account)))
            ),
            Step.decide: actor(Step.decide, lambda: _quietly(decide(runtime.get()))),
            Step.hold: actor(Step.hold, lambda: _quietly(hold(runtime.get()))),
            Step.send_urgent: actor(Step.send_urgent, lambda: _quietly(send(runtime.get(), urgent_alone=True))),
            Step.send: actor(Step.send, lambda: _quietly(send(runtime.get()))),
            Step.watch: actor(Step.watch, lambda: _quietly(watch(runtime.get()))),
            Step.tell: actor(Step.tell, lambda: _quietly(tell(runtime.get()))),
            Step.canary: actor(Step.canary, lambda: _quietly(send_canaries(runtime.get()))),
            Step.crawl: actor(Step.crawl, lambda: _quietly(crawl_due(runtime.get()))),
            Step.signal: actor(Step.signal, lambda: _quietly(signal(runtime.get(), send_signal))),
            Step.seal: actor(Step.seal, lambda: _quietly(seal(runtime.get()))),
        }
    )


class LateRuntime:
    """The runtime that actors use; given after them, because it holds the bell that rings them."""

    _runtime: Runtime | None = None

    def set(self, runtime: Runtime) -> None:
        """Give the runtime, once, before the first bell."""
        self._runtime = runtime

    def get(self) -> Runtime:
        """Return the runtime."""
        if self._runtime is None:
            raise RuntimeError("the actors were rung before they had a runtime")
        return self._runtime


def make_runtime(
    environment: Environment, broker: dramatiq.Broker, *, clock: Clock | None = None, wires: Wires | None = None,
    alone: bool = False, secret: Callable[[str], str] | None = None,
) -> Runtime:  # fmt: skip
    """Compose what every step needs.

    Args:
        environment: where everything lies.
        broker: whose bells are rung.
        clock: the demo's; left out: the machine's.
        wires: the demo's; left out: real ones.
        secret: gives the secret of a name; left out: from the environment and the folder of secrets.
        alone: no crew decides while much waits: there are many workers already, or it could not know `clock`.
    """
    give_memory_back()
    clock = clock or SystemClock()
    late = LateRuntime()
    open_database = partial(
        Database,
        environment.database_url(),
        statement_timeout=timedelta(seconds=environment.database_statement_seconds),
        idle_timeout=timedelta(seconds=environment.database_idle_seconds),
    )
    database = open_database()
    cores = os.cpu_count() or 1
    size = 0 if alone or cores == 1 else min(environment.deciding_processes, cores)
    outfit = Outfit(database=open_database, parse=canonical.from_json, clock=clock, worker=worker_name)
    runtime = Runtime(
        database=database,
        site=ActiveSite(database, canonical.from_json),
        wires=wires or _real_wires(environment, clock),
        clock=clock,
        link_key=partial(find_key, secret or Secrets(os.environ, environment.secrets_folder()).get),
        bell=install_actors(broker, late),
        worker=worker_name,
        crew=ProcessCrew(outfit, size) if size else Alone(),
    )
    late.set(runtime)
    return runtime


def _real_wires(environment: Environment, clock: Clock) -> RealWires:
    secrets = Secrets(os.environ, environment.secrets_folder())
    return RealWires(secrets.get, clock, secrets.keep)


def boot() -> None:
    """Set up a worker process from the environment: `dramatiq worker:boot` calls it."""
    environment = read_environment()
    # Dramatiq says at this level that its workers are ready, and that they end.
    start_logging(environment.log, level=logging.INFO)
    broker = make_broker(environment.broker)
    dramatiq.set_broker(broker)
    make_runtime(environment, broker, alone=True)


def _quietly(_result: object) -> None:
    """Return nothing: the result lies in the database, and no broker stores it."""
