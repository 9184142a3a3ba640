"""A clock for what waits and rests in one process."""

import pytest

from tests.unit.pipeline.seconds import Seconds


@pytest.fixture
def seconds() -> Seconds:
    """Give a clock that stands at 0 until the test moves it."""
    return Seconds()
