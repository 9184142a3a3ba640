"""The flow: mails from a mailbox in memory through receive, decide and send into SQLite, beside a bare loop."""

import email
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.send import send
from store.database import Database
from store.migrate import migrate
from tests.flow.installation import Installation, numbered

MAILS = 1_000


def run(console: Console) -> None:
    """Print seconds and mails per second of each step, and the ratio to the bare loop."""
    originals = list(numbered(MAILS))
    with tempfile.TemporaryDirectory() as folder:
        bare = _timed(lambda: _bare_loop(Path(folder) / "bare.sqlite3", originals))
        steps = _flow(f"sqlite:///{folder}/flow.sqlite3", originals)
    whole = sum(steps.values())
    table = Table(title=f"{MAILS} mails, one process, SQLite")
    for column in ("step", "seconds", "mails/s", "bare loop = 1"):
        table.add_column(column, justify="left" if column == "step" else "right")
    for name, seconds in [*steps.items(), ("whole flow", whole), ("bare loop: parse + insert", bare)]:
        table.add_row(name, f"{seconds:.2f}", f"{MAILS / seconds:,.0f}", f"{bare / seconds:.2f}")
    console.print(table)


def _flow(url: str, originals: list[bytes]) -> dict[str, float]:
    database = Database(url)
    migrate(database)
    town = Installation(database)
    town.connect()
    for original in originals:
        town.arrives(original)
    steps: dict[str, Callable[[], object]] = {
        "receive": lambda: receive(town.runtime, town.account),
        "decide": lambda: decide(town.runtime),
        "send": lambda: send(town.runtime),
    }
    seconds = {name: _timed(step) for name, step in steps.items()}
    if len(town.wires.out.sent) > MAILS or len(town.tickets()) == 0:
        raise RuntimeError("the flow did something else than it should: the figures mean nothing")
    database.close()
    return seconds


def _bare_loop(path: Path, originals: list[bytes]) -> None:
    """Parse with the standard library and insert, one transaction a mail, as a simple poller does."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE mail (sender TEXT, subject TEXT, text TEXT, original BLOB)")
    for original in originals:
        message = email.message_from_bytes(original)
        text = message.get_payload(decode=True)
        with connection:
            connection.execute(
                "INSERT INTO mail VALUES (?, ?, ?, ?)", (str(message["From"]), str(message["Subject"]), text, original)
            )
    connection.close()


def _timed(step: Callable[[], object]) -> float:
    started = perf_counter()
    step()
    return perf_counter() - started
