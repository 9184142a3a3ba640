"""The town's clock."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.instant import STOCKHOLM
from domain.protocols import Clock
from sandbox.clock import TOWN_START, TownClock


def test_the_town_starts_on_a_tuesday_at_nine() -> None:
    clock: Clock = TownClock(monotonic=lambda: 1234.5)

    local = clock.now().astimezone(STOCKHOLM)

    assert (local.isoweekday(), local.hour, local.minute) == (2, 9, 0)
    assert clock.now() == TOWN_START
    assert clock.now().tzinfo is UTC


def test_the_town_runs_at_the_speed_of_ours() -> None:
    seconds = iter([100.0, 100.0, 190.5])
    clock = TownClock(monotonic=lambda: next(seconds))

    first, second = clock.now(), clock.now()

    assert second - first == timedelta(seconds=90.5)


def test_a_start_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        TownClock(datetime(2026, 11, 24, 9, 0), monotonic=lambda: 0.0)  # noqa: DTZ001
