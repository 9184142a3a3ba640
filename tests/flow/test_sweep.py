"""The bells that the clock rings: all of them now and then, and between only those for which something waits."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cli.loops import Sweeper
from connectors.fake import Trouble
from domain.protocols import Step
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.send import send
from pipeline.sweep import WHOLE_EVERY, sweep_what_waits
from store.database import Database
from tests.flow.installation import Installation, mail
from tests.tables import embedded_with_tables

MAIL, SENDS = Step.decide, {Step.send_urgent, Step.send}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Installation]:
    town = Installation(embedded_with_tables(tmp_path / "town.sqlite3"))
    town.connect()
    decide(town.runtime)
    yield town
    town.database.close()


def rung(town: Installation) -> set[Step]:
    """Return what is rung for now, beside the reading of accounts."""
    town.bell.rung.clear()
    sweep_what_waits(town.runtime)
    return {*town.bell.rung} - {Step.receive}


def test_nothing_is_rung_while_nothing_waits(town: Installation) -> None:
    assert rung(town) == set()


def test_a_message_and_then_its_reply_are_rung_for_until_they_are_done(town: Installation) -> None:
    town.arrives(mail())
    receive(town.runtime, town.account)
    received = rung(town)
    decide(town.runtime)
    decided = rung(town)
    send(town.runtime)

    assert (received, decided, rung(town)) == ({MAIL}, SENDS, set())


def test_a_send_that_failed_is_not_rung_for_before_its_next_try(town: Installation) -> None:
    town.arrives(mail())
    receive(town.runtime, town.account)
    decide(town.runtime)
    town.wires.out.trouble = Trouble.failed
    send(town.runtime)

    assert rung(town) == set()


def test_an_account_is_rung_for_when_it_is_due(town: Installation) -> None:
    town.clock.forward(minutes=5)
    town.bell.rung.clear()

    sweep_what_waits(town.runtime)

    assert Step.receive in town.bell.rung


class Ticks:
    """Seconds that a test moves."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_all_bells_are_rung_now_and_then_by_one_process(town: Installation) -> None:
    ticks = Ticks()
    first, second = (Sweeper(town.runtime, name, monotonic=ticks) for name in ("first", "second"))
    heard = []
    for ticks.at in (0.0, 1.0, WHOLE_EVERY.total_seconds()):
        for sweeper in (first, second):
            town.bell.rung.clear()
            sweeper.turn()
            heard.append(Step.watch in town.bell.rung)

    assert heard == [True, False, False, False, True, False]


def test_a_sweep_that_fails_is_tried_again(town: Installation, caplog: pytest.LogCaptureFixture) -> None:
    ticks = Ticks()
    broken = replace(town.runtime, database=Database("sqlite:////nowhere/svarsvakt.sqlite3"))
    sweeper = Sweeper(broken, "first", monotonic=ticks)
    sweeper.turn()
    sweeper.turn()

    assert caplog.text.count("the sweep failed") == 2
