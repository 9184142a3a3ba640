"""The outbox: a thousand queued replies leave over one SMTP server, beside a bare loop over the same server."""

import resource
import smtplib
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from rich.console import Console
from rich.table import Table

from domain.outgoing import SendState
from pipeline.send import send
from store.database import Database
from store.migrate import migrate
from tests.integration import sender
from tests.services.smtp import SmtpServer
from tests.unit.outbox.queued import queue

REPLIES = 1_000

#: Threads that send at once, each over a line of its own, as the workers of one process do.
SENDERS = (1, 2)

#: What issue 5 asks for, on two cores.
GOAL_SECONDS = 10.0


def run(console: Console) -> None:
    """Print seconds, replies per second and our share of a core, and the ratio to the bare loop."""
    server = SmtpServer.start()
    try:
        rows = {f"{senders} sender{'s' * (senders > 1)}": _sent_by(server, senders) for senders in SENDERS}
        server.clear()
        bare, bare_cores = _measured(lambda: _bare_loop(server))
    finally:
        server.stop()
    table = Table(title=f"{REPLIES} replies over one SMTP server, one process, SQLite (goal: {GOAL_SECONDS:.0f} s)")
    for column in ("", "seconds", "replies/s", "cores used", "bare loop = 1"):
        table.add_column(column, justify="right" if column else "left")
    for name, (seconds, used) in {**rows, "bare loop over smtplib": (bare, bare_cores)}.items():
        figures = (f"{seconds:.2f}", f"{REPLIES / seconds:,.0f}", f"{used:.2f}", f"{seconds / bare:.2f}")
        table.add_row(name, *figures)
    console.print(table)


def _sent_by(server: SmtpServer, senders: int) -> tuple[float, float]:
    server.clear()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/outbox.sqlite3")
        measured = _measured(prepared(database, server, senders))
        database.close()
    return measured


def prepared(database: Database, server: SmtpServer, senders: int) -> Callable[[], None]:
    """Put the replies into an empty database; return what sends them, and fails unless each went once."""
    migrate(database)
    sender.prepare(database)
    with database.write() as connection:
        for number in range(REPLIES):
            queue(connection, recipient=f"person{number}@example.se")
    runtimes = [sender.runtime(database, server.port, f"bench-{number}") for number in range(senders)]

    def work() -> None:
        with ThreadPoolExecutor(senders) as workers:
            sent = sum((each.states for each in workers.map(send, runtimes)), Counter[SendState]())
        if sent != {SendState.sent: REPLIES} or len(server.received()) != REPLIES:
            raise RuntimeError(f"not every reply went once: {sent}")

    return work


def _bare_loop(server: SmtpServer) -> None:
    """Send as many mails of the same size one after the other, and write nothing down."""
    content = "\r\n".join(["Subject: Vi har tagit emot", "", "Hej!", ""])
    with smtplib.SMTP(server.host, server.port, local_hostname="localhost") as client:
        for number in range(REPLIES):
            client.sendmail("", [f"person{number}@example.se"], content)


def _measured(work: Callable[[], None]) -> tuple[float, float]:
    """Return the seconds that the work takes, and how many cores this process kept busy meanwhile."""
    before, started = resource.getrusage(resource.RUSAGE_SELF), perf_counter()
    work()
    seconds, after = perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    return seconds, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / seconds
