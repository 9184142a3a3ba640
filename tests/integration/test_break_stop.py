"""A worker is told to end in the middle of much work: it ends soon, and what it had in hand is finished or put back."""

import time
from signal import SIGTERM

import pytest

from tests.integration.broken import Broken
from tests.integration.claims import decided, held_by

pytestmark = [
    pytest.mark.service("dovecot", "postgres", "redis-server"),
    pytest.mark.xdist_group("breaks"),
    pytest.mark.timeout(480),
]

#: A supervisor waits longer before it kills.
WITHIN_SECONDS = 10


def test_a_worker_that_is_told_to_end_does_so_within_ten_seconds_and_leaves_nothing(broken: Broken) -> None:
    before = decided(broken.town)
    worker = broken.programs["worker-1"]
    broken.letters.deliver(100)
    broken.town.until("nothing is decided", lambda: decided(broken.town) > before + 5, seconds=60)

    began = time.monotonic()
    code = worker.end(SIGTERM, seconds=WITHIN_SECONDS)
    took = time.monotonic() - began
    left = held_by(broken.town, worker)
    sending = broken.town.rows("SELECT claimed_by FROM outgoing WHERE state IN ('claimed', 'handing_over')")
    broken.start_worker("worker-1")

    print(f"ended after {took:.1f} s")
    assert code == 0
    assert left == frozenset()
    assert not [row for row in sending if worker.owns(row.claimed_by)]
    broken.settle()
    broken.wait_until_ready("worker-1")
