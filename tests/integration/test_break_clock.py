"""The machine's clock jumps an hour ahead, and back, under the one process.

By libfaketime and not by an injected clock: SQLite's own time, by which leases run out, jumps with it, as on a machine.
"""

from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.broken import Broken

pytestmark = [
    pytest.mark.service("dovecot", "faketime"),
    pytest.mark.xdist_group("breaks"),
    pytest.mark.timeout(480),
]


def test_the_clock_jumps_an_hour_ahead_and_back(alone: Broken) -> None:
    offset = alone.town.folder / "offset"
    # What was being handed over when the leases ran out all at once is in doubt.
    alone.cut_off |= set(alone.letters.deliver(3))
    offset.write_text("+3600")
    alone.letters.deliver(3)
    alone.settle()
    soon = f"{datetime.now(UTC) + timedelta(minutes=50):%Y-%m-%d %H:%M}"
    assert alone.town.rows("SELECT 1 FROM events WHERE at > :soon LIMIT 1", soon=soon), "its clock has not jumped"

    offset.write_text("+0")
    alone.cut_off |= set(alone.letters.deliver(3))
    alone.settle()
