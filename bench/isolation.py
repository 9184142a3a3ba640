"""Isolation: 60 of 200 accounts on one host that hangs; how long mail of the others waits for its reply.

Measured with the default settings and the threads of the small shape: without the 60, beside them, and without again.
Goals: a ratio of 1, and each of the 60 named within a minute.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.push import awake, mailbox, until_answered
from cli.loops import small_shape
from cli.roots import activate_site
from domain.finding import Heartbeat
from domain.run_settings import RunSettings
from domain.viewer import MACHINE
from pipeline.runtime import Runtime
from pipeline.wires import RealWires
from settings.environment import Environment
from store.accounts import list_heartbeats
from store.migrate import migrate
from tests.services.dovecot import Dovecot
from tests.services.hanging import HangingServer
from tests.services.smtp import SmtpServer
from worker import SystemClock, make_broker, make_runtime

HEALTHY, HANGING = 140, 60

#: Mails that are timed in each of the three parts.
MAILS = 40

#: As long as something may take to become so.
PATIENCE_SECONDS = 300.0

POLL_EVERY = RunSettings().poll_every


def run(console: Console) -> None:
    """Print the delay from delivery to reply in each part, their ratio, and when the last of the 60 was named."""
    dovecot, smtp = Dovecot.start(), SmtpServer.start()
    # It greets, and answers nothing.
    hanging = HangingServer("127.0.0.2", dovecot.imap_port, at=b"\r\n")
    try:
        with tempfile.TemporaryDirectory() as folder, _running(Path(folder), dovecot, smtp) as runtime:
            parts, named = _measured(runtime, dovecot, smtp, hanging)
    finally:
        hanging.stop()
        smtp.stop()
        dovecot.stop()
    table = Table(title=f"{HANGING} of {HEALTHY + HANGING} accounts on a host that hangs; delivery to reply of others")
    for column in ("part", "median s", "longest s"):
        table.add_column(column, justify="left" if column == "part" else "right")
    for name, seconds in parts.items():
        table.add_row(name, f"{median(seconds):.2f}", f"{max(seconds):.2f}")
    console.print(table)
    without = median(parts["without them"] + parts["without them again"])
    console.print(
        f"ratio {median(parts['beside them']) / without:.2f}; all {HANGING} named after {named:.0f} s (goal: 60)"
    )


def _measured(
    runtime: Runtime, dovecot: Dovecot, smtp: SmtpServer, hanging: HangingServer
) -> tuple[dict[str, list[float]], float]:
    healthy = tuple(mailbox(dovecot, f"frisk{n}", dovecot.host, dovecot.imap_port) for n in range(HEALTHY))
    ill = tuple(mailbox(dovecot, f"hang{n}", "127.0.0.2", hanging.port) for n in range(HANGING))

    def timed(first: int) -> list[float]:
        return [until_answered(dovecot, smtp, healthy[n], n) for n in range(first, first + MAILS)]

    activate_site(runtime, awake(smtp, healthy, POLL_EVERY))
    _until(lambda: sum(each.read_at is not None for each in _heartbeats(runtime)) == HEALTHY)
    parts = {"without them": timed(0)}
    activate_site(runtime, awake(smtp, healthy + ill, POLL_EVERY))
    named = _until(lambda: sum(each.failing_since is not None for each in _heartbeats(runtime)) >= HANGING)
    parts["beside them"] = timed(MAILS)
    activate_site(runtime, awake(smtp, healthy, POLL_EVERY))
    parts["without them again"] = timed(2 * MAILS)
    return parts, named


@contextmanager
def _running(folder: Path, dovecot: Dovecot, smtp: SmtpServer) -> Iterator[Runtime]:
    environment = Environment(site=folder, database=f"sqlite:///{folder}/isolation.sqlite3")
    broker = make_broker("")
    runtime = make_runtime(environment, broker, wires=RealWires(dovecot.password, SystemClock()))
    migrate(runtime.database)
    activate_site(runtime, awake(smtp, (), POLL_EVERY))
    with small_shape(broker, runtime):
        yield runtime
    runtime.database.close()


def _heartbeats(runtime: Runtime) -> tuple[Heartbeat, ...]:
    with runtime.database.read() as connection:
        return list_heartbeats(connection, MACHINE)


def _until(question: Callable[[], bool]) -> float:
    started = time.monotonic()
    while not question():
        if time.monotonic() - started > PATIENCE_SECONDS:
            raise RuntimeError("it did not become so in time")
        time.sleep(0.2)
    return time.monotonic() - started
