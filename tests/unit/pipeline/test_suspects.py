"""Of the threads of a process one at a time decides what was in hand when a worker died."""

import threading
from datetime import timedelta

import pytest

from pipeline.suspects import Suspects
from tests.unit.pipeline.seconds import Seconds

LEASE = timedelta(seconds=120)


@pytest.fixture
def suspects(seconds: Seconds) -> Suspects:
    return Suspects(monotonic=seconds)


def beside(suspects: Suspects) -> bool:
    """Let another thread ask; return whether it had the turn."""
    had: list[bool] = []

    def ask() -> None:
        with suspects.turn(LEASE) as ours:
            had.append(ours)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return had[0]


def test_one_thread_at_a_time_has_the_turn(suspects: Suspects) -> None:
    with suspects.turn(LEASE) as ours:
        assert (ours, beside(suspects)) == (True, False)

    assert beside(suspects)


def test_the_turn_is_given_back_by_who_fails(suspects: Suspects) -> None:
    with pytest.raises(KeyError), suspects.turn(LEASE):
        raise KeyError

    assert beside(suspects)


def test_who_hangs_holds_up_no_other_for_longer_than_its_lease(suspects: Suspects, seconds: Seconds) -> None:
    with suspects.turn(LEASE):
        seconds.now += LEASE.total_seconds()
        assert beside(suspects)


def test_who_comes_back_after_its_turn_ended_takes_it_from_nobody(suspects: Suspects, seconds: Seconds) -> None:
    with suspects.turn(LEASE):
        seconds.now += LEASE.total_seconds()
        another = suspects.turn(LEASE)
        assert another.__enter__()

    assert not beside(suspects)
    another.__exit__(None, None, None)
