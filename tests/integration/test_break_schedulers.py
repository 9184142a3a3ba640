"""Two schedulers: one rings, and the other takes over when that one is killed."""

import pytest

from tests.integration.broken import Broken
from tests.integration.shape import Program

pytestmark = [
    pytest.mark.service("dovecot", "postgres", "redis-server"),
    pytest.mark.xdist_group("breaks"),
    pytest.mark.timeout(480),
]


def rings(broken: Broken) -> Program:
    """Return the scheduler that holds the lease."""
    names = ("scheduler-1", "scheduler-2")
    held = "SELECT holder FROM leases WHERE name = 'scheduler' AND until > now()"

    def holder() -> Program | None:
        rows = broken.town.rows(held)
        return next(
            (broken.programs[name] for name in names for row in rows if broken.programs[name].owns(row.holder)), None
        )

    found = broken.town.until("no scheduler holds the lease", holder, seconds=60)
    assert found is not None
    return found


def test_one_of_two_schedulers_rings_and_the_other_takes_over(broken: Broken) -> None:
    first = rings(broken)
    [name] = [each for each, program in broken.programs.items() if program is first]

    first.kill()
    broken.letters.deliver(2)
    second = rings(broken)
    broken.start(name, "scheduler")
    broken.letters.deliver(2)

    broken.settle()
    assert second is not first
