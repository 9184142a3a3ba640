"""Product: Svarsvakt's real processes in one of its shapes, with accounts that were read while they were empty."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.end_to_end.stand_ins import StandIns
from bench.sms import awake
from cli.roots import activate_site
from domain.viewer import MACHINE
from settings.environment import Environment
from store.accounts import list_heartbeats
from store.database import Database
from store.migrate import migrate
from tests.integration.shape import COMMAND, Program
from tests.services.dovecot import PASSWORD
from tests.services.programs import free_port
from worker import make_broker, make_runtime

ROOT = Path(__file__).parents[2]

PATIENCE_SECONDS = 120.0

#: A mailbox, a number and a page.
ACCOUNTS = 3


@dataclass(frozen=True)
class Shape:
    """How it runs."""

    #: How many processes decide at once.
    workers: int
    database: str
    #: Empty: the small shape.
    broker: str = ""

    @property
    def crew(self) -> int:
        """How many processes decide beside `run`: no more than there are cores."""
        return 0 if self.broker else min(self.workers - 1, os.cpu_count() or 1)

    @property
    def name(self) -> str:
        """Return what the tables call it."""
        if self.broker:
            return f"PostgreSQL, {self.workers} worker{'s' * (self.workers > 1)}"
        return f"SQLite, crew of {self.crew}" if self.crew else "SQLite, alone"

    def commands(self) -> Mapping[str, list[str]]:
        """Return the processes that it is made of, by name."""
        if not self.broker:
            return {"run": [sys.executable, "-m", "bench.end_to_end.small"]}
        command = str(COMMAND)
        return {
            "worker": [command, "worker", "--processes", str(self.workers)],
            "scheduler": [command, "scheduler"],
            "listen": [command, "listen"],
            "web": [command, "web"],
        }


@dataclass(frozen=True)
class Product:
    """It runs."""

    shape: Shape
    programs: tuple[Program, ...]

    @property
    def groups(self) -> frozenset[int]:
        """Return the process groups that are ours."""
        return frozenset(each.group for each in self.programs)

    def report(self) -> str:
        """Return the end of every log."""
        return "\n".join(f"--- {each.name}:\n{each.said[-3000:]}" for each in self.programs)


def prepare(database: str, stand_ins: StandIns) -> None:
    """Make the tables and activate a site whose accounts are the stand-ins'."""
    runtime = make_runtime(Environment(database=database), make_broker(""), alone=True)
    try:
        migrate(runtime.database)
        activate_site(runtime, awake(stand_ins.addresses))
    finally:
        runtime.database.close()


@contextmanager
def running(shape: Shape, stand_ins: StandIns, folder: Path) -> Iterator[Product]:
    """Run the shape on a database that was prepared, until the block ends; every account has been read by then."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = _environment(shape, stand_ins, folder)
    programs: list[Program] = []
    started = datetime.now(UTC)
    database = Database(shape.database)
    try:
        for name, command in shape.commands().items():
            programs.append(Program(name, command, environment, folder))
        product = Product(shape, tuple(programs))
        _wait_until_read(product, database, started)
        yield product
    finally:
        database.close()
        for program in programs:
            program.kill()


def _environment(shape: Shape, stand_ins: StandIns, folder: Path) -> dict[str, str]:
    shown = stand_ins.addresses
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "SVARSVAKT_SITE": str(folder),
        "SVARSVAKT_DATABASE": shape.database,
        "SVARSVAKT_DECIDING_PROCESSES": str(shape.crew),
        "SVARSVAKT_WEB__PORT": str(free_port()),
        "SVARSVAKT_SECRET_MAIL": PASSWORD,
        "SVARSVAKT_SECRET_TWILIO": shown.auth_token,
        "SVARSVAKT_SECRET_FACEBOOK": shown.page_token,
        **({"SVARSVAKT_BROKER": shape.broker} if shape.broker else {}),
    }


def _wait_until_read(product: Product, database: Database, since: datetime) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        with database.read() as connection:
            beats = list_heartbeats(connection, MACHINE)
        if sum(beat.read_at is not None and beat.read_at >= since for beat in beats) == ACCOUNTS:
            return
        if time.monotonic() > end or not all(each.runs for each in product.programs):
            raise RuntimeError(f"the accounts were not read:\n{product.report()}")
        time.sleep(0.1)
