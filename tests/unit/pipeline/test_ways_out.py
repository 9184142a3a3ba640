"""Of the threads of a process that send, one at most hangs at hosts that are slow."""

import threading
from contextlib import ExitStack

import pytest

from pipeline.ways_out import SLOW, WaysOut
from tests.unit.pipeline.seconds import Seconds

TOO_LONG = SLOW.total_seconds() + 1


@pytest.fixture
def ways(seconds: Seconds) -> WaysOut:
    return WaysOut(monotonic=seconds)


def beside(ways: WaysOut, host: str, *, urgent: bool = False) -> bool:
    """Let another thread come to a host and go on at once; return whether it might."""
    came: list[bool] = []

    def come() -> None:
        with ways.at(host, urgent=urgent) as free:
            came.append(free)

    thread = threading.Thread(target=come)
    thread.start()
    thread.join()
    return came[0]


def take_long(ways: WaysOut, seconds: Seconds, host: str) -> None:
    with ways.at(host, urgent=False):
        seconds.now += TOO_LONG


def test_at_a_host_that_takes_each_message_soon_there_is_room_for_all(ways: WaysOut) -> None:
    with ways.at("a.example", urgent=False):
        assert beside(ways, "a.example")


def test_where_one_hangs_no_other_goes(ways: WaysOut, seconds: Seconds) -> None:
    with ways.at("a.example", urgent=False):
        seconds.now += TOO_LONG

        assert not beside(ways, "a.example")
        assert beside(ways, "b.example")


def test_while_one_hangs_no_other_goes_to_another_host_that_was_slow(ways: WaysOut, seconds: Seconds) -> None:
    take_long(ways, seconds, "b.example")

    with ways.at("a.example", urgent=False):
        seconds.now += TOO_LONG

        assert not beside(ways, "b.example")


def test_a_host_that_was_slow_is_tried_by_one(ways: WaysOut, seconds: Seconds) -> None:
    take_long(ways, seconds, "a.example")

    assert ways.is_slow("a.example")
    with ways.at("a.example", urgent=False) as free:
        assert free
        assert not beside(ways, "a.example")


def test_a_host_that_takes_a_message_soon_again_is_slow_no_more(ways: WaysOut, seconds: Seconds) -> None:
    take_long(ways, seconds, "a.example")
    with ways.at("a.example", urgent=False):
        seconds.now += 1

    assert not ways.is_slow("a.example")


def test_what_is_urgent_is_held_up_by_nobody_who_sends_the_rest(ways: WaysOut, seconds: Seconds) -> None:
    with ways.at("a.example", urgent=False):
        seconds.now += TOO_LONG

        assert beside(ways, "a.example", urgent=True)


def test_a_thread_that_fails_hangs_nowhere_afterwards(ways: WaysOut, seconds: Seconds) -> None:
    with ExitStack() as failing:
        failing.enter_context(pytest.raises(ValueError, match="the line broke"))
        failing.enter_context(ways.at("a.example", urgent=False))
        raise ValueError("the line broke")

    with ways.at("b.example", urgent=False):
        seconds.now += TOO_LONG

        assert beside(ways, "a.example")
