"""How long steps took is counted up over all processes."""

from datetime import timedelta

from domain.step_times import StepTimes
from domain.viewer import MACHINE
from store.database import Database
from store.refusals import add_refusals
from store.step_times import add_step_times, list_step_times
from tests.contracts.stored import account


def took(*seconds: float) -> StepTimes:
    times = StepTimes()
    for each in seconds:
        times = times.taking(timedelta(seconds=each))
    return times


def test_what_two_processes_did_is_added_up(database: Database) -> None:
    with database.write() as connection:
        add_step_times(connection, {"decide": took(0.2, 400), "send": took(2)})
    with database.write() as connection:
        add_step_times(connection, {"decide": took(0.2)})

    with database.read() as connection:
        found = list_step_times(connection, MACHINE)

    assert found == {"decide": took(0.2, 400, 0.2), "send": took(2)}


def test_other_series_are_no_steps(database: Database) -> None:
    with database.write() as connection:
        add_refusals(connection, account().id)
        add_step_times(connection, {})

    with database.read() as connection:
        assert list_step_times(connection, MACHINE) == {}
