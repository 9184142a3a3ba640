"""The machine's clock jumps an hour ahead, and back, under the one process.

By libfaketime and not by an injected clock: SQLite's own time, by which leases run out, jumps with it, as on a machine.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.integration.broken import Broken, installed, wait_until_read
from tests.services.programs import need

pytestmark = [
    pytest.mark.skipif("TORTURE_KILLS" not in os.environ, reason="takes minutes: make torture"),
    pytest.mark.service("dovecot", "faketime"), pytest.mark.xdist_group("breaks"), pytest.mark.timeout(480),
]  # fmt: skip


@pytest.fixture
def offset(tmp_path: Path) -> Path:
    """Give the file that says by how much the clock is wrong."""
    path = tmp_path / "offset"
    path.write_text("+0")
    return path


@pytest.fixture
def jumping(tmp_path: Path, offset: Path) -> Iterator[Broken]:
    """Run everything in one process whose clock jumps."""
    library = need("libfaketimeMT.so.1", "/usr/lib/*/faketime", "/usr/lib/faketime")
    told = {
        "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1",
    }  # fmt: skip
    with installed(tmp_path, large=False) as broken:
        broken.start("run", "run", **told)
        wait_until_read(broken)
        yield broken


def test_the_clock_jumps_an_hour_ahead_and_back(jumping: Broken, offset: Path) -> None:
    jumping.letters.deliver(3)
    jumping.settle()

    # What was being handed over when the leases ran out all at once is in doubt.
    jumping.cut_off |= set(jumping.letters.deliver(3))
    offset.write_text("+3600")
    jumping.letters.deliver(3)
    jumping.settle()
    soon = f"{datetime.now(UTC) + timedelta(minutes=50):%Y-%m-%d %H:%M}"
    assert jumping.town.rows("SELECT 1 FROM events WHERE at > :soon LIMIT 1", soon=soon), "its clock has not jumped"

    offset.write_text("+0")
    jumping.cut_off |= set(jumping.letters.deliver(3))
    jumping.settle()
