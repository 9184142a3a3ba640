"""A crew decides what waits in processes of its own, and takes nothing with it when it dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.message import Fate
from pipeline.crew import Outfit, ProcessCrew
from pipeline.decide import AT_ONCE, decide
from pipeline.receive import receive
from pipeline.runtime import Runtime
from settings import canonical
from store.database import Database
from store.migrate import migrate
from store.schema import messages, outgoing
from tests.flow.installation import Installation, numbered
from tests.services.postgres import Postgres
from worker import SystemClock, worker_name

MAILS = AT_ONCE + 100

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/crew.sqlite3"
    server: Postgres = request.getfixturevalue("postgres")
    return server()


@pytest.fixture
def town(url: str) -> Iterator[Installation]:
    database = Database(url)
    migrate(database)
    town = Installation(database)
    town.connect()
    for original in numbered(MAILS):
        town.arrives(original)
    receive(town.runtime, town.account)
    yield town
    database.close()


@pytest.fixture
def crew(url: str) -> Iterator[ProcessCrew]:
    outfit = Outfit(database=partial(Database, url), parse=canonical.from_json, clock=SystemClock(), worker=worker_name)
    crew = ProcessCrew(outfit, 2, few_calls=1)
    yield crew
    crew.close()


def with_crew(town: Installation, crew: ProcessCrew) -> Runtime:
    return replace(town.runtime, crew=crew)


def decided_by(town: Installation) -> dict[str, int]:
    """Return how many messages each process has decided, and check that each got one reply."""
    with town.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(outgoing)) == MAILS
        rows = connection.execute(
            sa.select(messages.c.decided_by, sa.func.count())
            .where(messages.c.fate == Fate.ticket)
            .group_by(messages.c.decided_by)
        )
        return {row[0]: row[1] for row in rows}


def test_a_crew_decides_what_waits_and_each_message_once(town: Installation, crew: ProcessCrew) -> None:
    crew.get_ready()

    decided = decide(with_crew(town, crew))

    assert decided.fates == {Fate.ticket: MAILS}
    assert decided.replies == MAILS
    by = decided_by(town)
    assert "worker-1" not in by
    assert sum(by.values()) == MAILS


def test_a_crew_that_is_killed_leaves_the_work_to_who_called_it(town: Installation, crew: ProcessCrew) -> None:
    crew.get_ready()
    for member in active_children():
        os.kill(member.pid or 0, signal.SIGKILL)
        member.join()

    decided = decide(with_crew(town, crew))

    assert decided.fates == {Fate.ticket: MAILS}
    assert decided_by(town) == {"worker-1": MAILS}


def test_a_crew_that_was_killed_is_replaced(town: Installation, crew: ProcessCrew) -> None:
    crew.get_ready()
    for member in active_children():
        os.kill(member.pid or 0, signal.SIGKILL)
        member.join()
    # Who calls a dead crew is told that there is none.
    assert crew.call() == () or [each.result().fates.total() for each in crew.call()] == [0, 0]

    crew.get_ready()
    decide(with_crew(town, crew))

    assert len(decided_by(town)) > 1


def test_a_crew_goes_on_when_it_is_terminated_and_ends_when_it_is_closed(town: Installation, crew: ProcessCrew) -> None:
    crew.get_ready()
    members = active_children()
    for member in members:
        os.kill(member.pid or 0, signal.SIGTERM)

    decided = decide(with_crew(town, crew))
    crew.close()

    assert decided.fates == {Fate.ticket: MAILS}
    assert len(decided_by(town)) > 1
    assert not any(member.is_alive() for member in members)


_DIES = """
import os, signal, sys
from functools import partial
from multiprocessing import active_children
from pipeline.crew import Outfit, ProcessCrew
from settings import canonical
from store.database import Database
from worker import SystemClock, worker_name

if __name__ == "__main__":
    database = partial(Database, sys.argv[1])
    crew = ProcessCrew(Outfit(database=database, parse=canonical.from_json, clock=SystemClock(), worker=worker_name), 2)
    crew.get_ready()
    print(*(each.pid for each in active_children()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_crew_ends_when_its_parent_is_killed(town: Installation, url: str, tmp_path: Path) -> None:
    script = tmp_path / "dies.py"
    script.write_text(_DIES)
    root = str(Path(__file__).parents[2])
    told = {**os.environ, "PYTHONPATH": root}

    parent = subprocess.run(
        [sys.executable, str(script), url], stdout=subprocess.PIPE, cwd=root, env=told, timeout=60, check=False
    )

    members = [int(each) for each in parent.stdout.split()]
    assert parent.returncode == -signal.SIGKILL
    assert len(members) == 2
    assert within(10, lambda: not any(is_running(each) for each in members))


def within(seconds: float, happened: Callable[[], bool]) -> bool:
    give_up_at = time.monotonic() + seconds
    while not happened() and time.monotonic() < give_up_at:
        time.sleep(0.05)
    return happened()


def is_running(pid: int) -> bool:
    """Return whether a process runs; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
