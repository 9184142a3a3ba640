"""Rules change for a process that runs, without restart: it looks up the active ones before every batch."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from domain.viewer import MACHINE
from pipeline.active_site import ActiveSite
from pipeline.decide import decide
from pipeline.runtime import Runtime
from settings import canonical
from store.database import Database
from store.messages import add_arrivals
from store.tags import list_tags
from store.tickets import list_tickets
from tests.builders import TUESDAY
from tests.contracts.stored import arrival
from tests.flow.installation import FakeWires, Installation, RecordingBell, SetClock, mail, small_site

COMMAND = Path(sys.executable).with_name("svarsvakt")
RULES = '[[rules]]\nid = "prov"\nnote = true\nthen = {{ tags = "{tag}" }}\n'


def work(url: str, over: Event) -> None:
    """Decide what waits, again and again, as a worker does; the configuration is only what the database says."""
    database = Database(url)
    clock = SetClock()
    runtime = Runtime(
        database=database, site=ActiveSite(database, canonical.from_json), wires=FakeWires(clock), clock=clock,
        bell=RecordingBell(), worker=lambda: "worker-1",
    )  # fmt: skip
    while not over.is_set():
        decide(runtime)
        time.sleep(0.05)
    database.close()


def until(ask: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not ask():
        assert time.monotonic() < deadline, "it took longer than a minute"
        time.sleep(0.05)


def activate(folder: Path, url: str, tag: str) -> None:
    (folder / "rules.toml").write_text(RULES.format(tag=tag), encoding="utf-8")
    environment = {**os.environ, "SVARSVAKT_DATABASE": url, "SVARSVAKT_SITE": str(folder)}
    subprocess.run(
        [str(COMMAND), "rules", "activate", str(folder)], env=environment, check=True, timeout=60, capture_output=True
    )


@pytest.mark.timeout(180)
def test_a_running_process_decides_by_the_rules_that_were_activated_meanwhile(
    database: Database, tmp_path: Path
) -> None:
    Installation(database)
    spawn = get_context("spawn")
    over = spawn.Event()
    process = spawn.Process(target=work, args=(database.url, over))
    process.start()
    account = small_site().accounts[0]

    def decided(number: int) -> tuple[str, ...]:
        original = mail(f"Hål nummer {number} i vägen.", id=f"<{number}@example.se>", sender=f"p{number}@example.se")
        with database.write() as connection:
            add_arrivals(connection, account, [arrival(number, original=original, provider_at=TUESDAY)], TUESDAY)
        until(lambda: len(tickets(database)) == number)
        return tags(database, tickets(database)[-1])

    try:
        activate(tmp_path, database.url, "ett")
        first = decided(1)
        activate(tmp_path, database.url, "tva")
        second = decided(2)
        alive = process.is_alive()
    finally:
        over.set()
        process.join(30)

    assert (first, second, alive) == (("ett",), ("tva",), True)


def tickets(database: Database) -> list[int]:
    with database.read() as connection:
        return sorted(ticket.id for ticket in list_tickets(connection, MACHINE))


def tags(database: Database, ticket: int) -> tuple[str, ...]:
    with database.read() as connection:
        return list_tags(connection, MACHINE, ticket)  # type: ignore[arg-type]
