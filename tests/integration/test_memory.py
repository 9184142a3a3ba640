"""A worker that catches up stays small, whatever waits for it."""

from pathlib import Path

import pytest

from bench.catch_up import catch_up
from tests.services.dovecot import Dovecot

#: The goal of the intake, for ten thousand mails (`make bench` tries as many); the big one weighs the same here.
MOST_MB = 350

pytestmark = pytest.mark.service("dovecot")


@pytest.mark.timeout(300)
def test_a_worker_that_catches_up_with_a_mail_of_30_mb_among_many_stays_small(dovecot: Dovecot, tmp_path: Path) -> None:
    spent = catch_up(dovecot, f"sqlite:///{tmp_path}/catch_up.sqlite3", 300)

    assert spent.peak_mb < MOST_MB
