"""Step times: what a histogram says of how long steps took."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.step_times import BOUNDS, StepTimes


def test_a_bound_counts_what_took_exactly_so_long() -> None:
    times = StepTimes().taking(timedelta(seconds=1)).taking(timedelta(seconds=1.001))

    assert dict(times.up_to())["1.0"] == 1
    assert dict(times.up_to())["5.0"] == 2
    assert times.seconds == 2.001


def test_what_took_longer_than_every_bound_counts_in_the_endless_one() -> None:
    times = StepTimes().taking(timedelta(hours=1))

    assert [count for _, count in times.up_to()] == [0] * len(BOUNDS) + [1]


def test_a_clock_that_went_back_counts_as_no_time() -> None:
    assert StepTimes().taking(timedelta(seconds=-1)) == StepTimes().taking(timedelta(0))


@given(st.lists(st.floats(0, 1_000)))
def test_counts_never_fall_with_the_bound_and_the_last_is_of_all(seconds: list[float]) -> None:
    times = StepTimes()
    for each in seconds:
        times = times.taking(timedelta(seconds=each))

    counts = [count for _, count in times.up_to()]

    assert counts == sorted(counts)
    assert counts[-1] == len(seconds)
