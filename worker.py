"""Broker and actors: an actor is a bell that calls one step of the pipeline; the database row is the queue."""

import logging
import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import dramatiq

from cli.bell import DramatiqBell, few_at_once, waiting_bells
from cli.broker import OF_AN_ACCOUNT, EndsTheBatch
from cli.broker import make_broker as make_broker
from cli.logs import start_logging
from cli.system import SystemClock as SystemClock
from cli.system import worker_name as worker_name
from connectors.signal import send_signal
from domain.ids import AccountId
from domain.protocols import Bell, Clock, Step
from pipeline.active_site import ActiveSite
from pipeline.alert_link import find_key
from pipeline.beat import Beats
from pipeline.canary import send_canaries
from pipeline.crawl import crawl_due
from pipeline.crew import Outfit, ProcessCrew
from pipeline.decide import decide
from pipeline.get_ready import get_ready
from pipeline.holding import hold
from pipeline.memory import give_memory_back
from pipeline.reconcile import reconcile_when_due
from pipeline.rule_trial import try_rules
from pipeline.runtime import Alone, LateRuntime, Runtime
from pipeline.seal import seal
from pipeline.send import LONGEST, send
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

#: What is done when a bell is heard, and how many minutes it may take before its thread is interrupted: what is not
#: done then lies where it lay, and the sweep rings for it. The first of these bells are heard first, of those that
#: have reached a process: no SMS must wait for visits to mailboxes.
STEPS: dict[Step, tuple[Callable[..., object], int]] = {
    Step.send_urgent: (partial(send, urgent_alone=True, at_most=LONGEST), 10),
    Step.decide: (decide, 10),
    Step.send: (partial(send, at_most=LONGEST), 10),
    Step.hold: (hold, 5),
    Step.watch: (watch, 5),
    Step.tell: (tell, 5),
    Step.canary: (send_canaries, 5),
    Step.signal: (partial(signal, send=send_signal), 1),
    Step.seal: (seal, 5),
    Step.crawl: (crawl_due, 10),
    Step.receive: (visit, 10),
    Step.reconcile: (reconcile_when_due, 10),
    Step.try_rules: (try_rules, 10),
}

#: How many of them go before the others; how many threads of a process do the same, if it is not for an account each.
URGENT, AT_ONCE = 3, 2


def install_actors(broker: dramatiq.Broker, runtime: LateRuntime) -> Bell:
    """Declare one actor a step on the broker, with a queue of its own; return the bell that rings them."""
    beats = Beats()

    def actor(step: Step, urgency: int) -> Any:
        work, minutes = STEPS[step]

        def heard(*account: str) -> None:
            late = runtime.get()
            beats.begin(step, late.now)
            try:
                work(late, *map(AccountId, account))
            finally:
                beats.end()
            beats.note(late.database, step, late.worker(), late.now)

        return dramatiq.actor(
            broker=broker, actor_name=step, queue_name=step, priority=urgency, time_limit=minutes * 60_000
        )(heard if step in OF_AN_ACCOUNT else few_at_once(heard, AT_ONCE))

    actors = {step: actor(step, min(place, URGENT)) for place, step in enumerate(STEPS)}
    return DramatiqBell(actors, waiting_bells(broker))


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
        connections=environment.database_connections,
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
    broker.add_middleware(EndsTheBatch(runtime.stop))
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
    runtime = make_runtime(environment, broker, alone=True)
    get_ready(runtime.site(), runtime.now)  # before it hears bells: nothing is claimed meanwhile
