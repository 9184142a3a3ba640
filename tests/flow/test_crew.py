"""Who decides calls a crew while much waits, keeps out of its way, and ends when it is told to."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from types import SimpleNamespace

import pytest

import pipeline.crew
import pipeline.decide
from connectors.fake import BATCH
from domain.message import Fate
from domain.protocols import Step
from domain.viewer import MACHINE
from pipeline.crew import HANGS_AFTER_SECONDS, Outfit, ProcessCrew
from pipeline.decide import MUCH, decide
from pipeline.decided import Decided
from pipeline.receive import receive
from pipeline.runtime import Runtime
from settings import canonical
from store.database import Database
from store.messages import find_workers
from tests.flow.installation import Installation, numbered


class FakeCrew:
    """A crew of one that decides while it is called."""

    def __init__(self) -> None:
        self.member: Runtime | None = None
        self.calls = 0
        self.at_work = self.ready = False
        self.sharing = 1
        self.stopping = False

    def call(self) -> Sequence[Future[Decided]]:
        self.calls += 1
        done: Future[Decided] = Future()
        done.set_result(decide(self.member) if self.member is not None else Decided())
        return (done,)

    def close(self) -> None:
        self.stopping = True


@pytest.fixture
def town(database: Database) -> Installation:
    town = Installation(database)
    town.connect()
    return town


def with_mails(town: Installation, count: int) -> tuple[Runtime, FakeCrew]:
    for original in numbered(count):
        town.arrives(original)
    receive(town.runtime, town.account)
    crew = FakeCrew()
    crew.member = town.colleague("member")
    return replace(town.runtime, crew=crew), crew


def test_a_few_messages_are_decided_without_calling_anybody(town: Installation) -> None:
    runtime, crew = with_mails(town, MUCH - 1)

    decided = decide(runtime)

    assert (decided.fates, crew.calls) == ({Fate.ticket: MUCH - 1}, 0)


def test_where_much_waits_the_crew_decides_the_rest_and_it_is_counted(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline.decide, "AT_ONCE", MUCH)
    runtime, crew = with_mails(town, MUCH + 3)

    decided = decide(runtime)

    assert (decided.fates, decided.replies, crew.calls) == ({Fate.ticket: MUCH + 3}, MUCH + 3, 1)


def test_a_crew_that_is_ready_decides_alone_where_much_waits(town: Installation) -> None:
    runtime, crew = with_mails(town, MUCH)
    crew.ready = True

    decided = decide(replace(runtime, worker=lambda: "caller"))

    with town.database.read() as connection:
        assert find_workers(connection, MACHINE) == {"member"}
    assert (decided.fates, crew.calls) == ({Fate.ticket: MUCH}, 1)


def test_what_a_crew_leaves_undecided_who_called_it_decides(town: Installation) -> None:
    runtime, crew = with_mails(town, MUCH)
    crew.ready, crew.member = True, None

    assert decide(runtime).fates == {Fate.ticket: MUCH}


def test_while_the_crew_is_at_work_nobody_else_decides(town: Installation) -> None:
    runtime, crew = with_mails(town, 1)
    crew.at_work = True

    assert decide(runtime).fates == {}


def test_who_is_told_to_stop_leaves_what_waits_to_the_next_one(town: Installation) -> None:
    runtime, crew = with_mails(town, 1)
    crew.close()

    assert decide(runtime).fates == {}
    assert decide(town.runtime).fates == {Fate.ticket: 1}


def test_deciding_begins_while_the_rest_is_received(town: Installation) -> None:
    town.bell.rung.clear()
    with_mails(town, 2 * BATCH)

    assert town.bell.rung.count(Step.decide) == 2


def test_a_crew_that_was_never_called_leaves_nothing_of_the_machine_behind(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(pipeline.crew, "_CONTEXT", Untouched(made))
    outfit = Outfit(
        database=lambda: town.database, parse=canonical.from_json, clock=town.clock, worker=lambda: "member"
    )

    crew = ProcessCrew(outfit, 2)
    crew.close()

    assert crew.stopping
    assert made == []


class Ended(Exception):
    """A process of the crew ended itself."""


@pytest.mark.parametrize(
    ("seconds_at_it", "ends"), [(None, False), (HANGS_AFTER_SECONDS / 2, False), (HANGS_AFTER_SECONDS + 1, True)]
)
def test_a_process_that_hangs_ends_itself_so_that_what_waits_is_decided_again(
    monkeypatch: pytest.MonkeyPatch, seconds_at_it: float | None, ends: bool
) -> None:
    looked: list[float] = []

    def nothing_from_the_parent(_sentinels: object, seconds: float) -> list[object]:
        looked.append(seconds)
        return ["it has died"] if len(looked) == 3 else []

    def end(_code: int) -> None:
        raise Ended

    monkeypatch.setattr(pipeline.crew, "parent_process", lambda: SimpleNamespace(sentinel=0))
    monkeypatch.setattr(pipeline.crew, "wait", nothing_from_the_parent)
    monkeypatch.setattr(os, "_exit", end)
    begun = [] if seconds_at_it is None else [time.monotonic() - seconds_at_it]
    monkeypatch.setattr(pipeline.crew, "_begun", begun)

    with pytest.raises(Ended):
        pipeline.crew._end_in_time()

    assert (looked == []) == ends


class Untouched:
    """Where processes come from; keeps what was asked of it."""

    def __init__(self, made: list[str]) -> None:
        self._made = made

    def __getattr__(self, name: str) -> object:
        self._made.append(name)
        raise AssertionError(f"{name} was asked for")
