"""A worker stays small whatever waits for it, and what waited has come once, oldest first."""

from pathlib import Path

import pytest

from bench.catch_up import catch_up, first_connection
from domain.message import Fate
from tests.services.dovecot import Dovecot
from watch.findings import old_unhandled

#: The goal of the intake, for ten thousand mails (`make bench` tries as many); the big one weighs the same here.
MOST_MB = 350

#: Mails beside the one of 30 MB.
MAILS = 600

pytestmark = [pytest.mark.service("dovecot"), pytest.mark.timeout(300)]


def test_a_worker_that_catches_up_with_a_mail_of_30_mb_among_many_stays_small(dovecot: Dovecot, tmp_path: Path) -> None:
    spent = catch_up(dovecot, f"sqlite:///{tmp_path}/catch_up.sqlite3", MAILS)

    assert spent.once_and_in_order
    assert (spent.fates, spent.tickets) == ({Fate.ticket: MAILS + 1}, MAILS + 1)
    assert spent.peak_mb < MOST_MB


def test_a_first_connection_of_a_full_mailbox_leaves_history_and_one_finding_and_stays_small(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    spent = first_connection(dovecot, f"sqlite:///{tmp_path}/history.sqlite3", MAILS)

    assert spent.once_and_in_order
    assert (spent.fates, spent.tickets, spent.outgoing) == ({Fate.history: MAILS + 1}, 0, 0)
    assert spent.findings == [old_unhandled(MAILS + 1)]
    assert spent.peak_mb < MOST_MB
