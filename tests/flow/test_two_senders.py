"""Two workers hold two replies to one citizen and ask the brakes at the same moment: one goes (P7)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from outbox.deliver import held_back_now
from store.database import Database
from store.outgoing import ToSend, claim_to_send
from tests.builders import TUESDAY, answering_site
from tests.unit.outbox.queued import queue

#: Longer than the receipt's window: neither reply is in the other's history, so only the one place decides.
WAITED = timedelta(hours=25)
TRIES = 5


@pytest.mark.parametrize("attempt", range(TRIES))
def test_of_two_replies_that_are_claimed_at_once_one_is_held_back(database: Database, attempt: int) -> None:
    with database.write() as connection:
        queue(connection, at=TUESDAY - WAITED)
        [first] = claim_to_send(connection, "worker-1")
        queue(connection, at=TUESDAY)
        [second] = claim_to_send(connection, "worker-2")
    together = Barrier(2, timeout=10)

    def ask(to_send: ToSend) -> str | None:
        together.wait()
        with database.write() as connection:
            return held_back_now(connection, to_send, answering_site(), TUESDAY)

    with ThreadPoolExecutor(max_workers=2) as workers:
        said = list(workers.map(ask, (first, second)))

    assert sorted(said, key=str) == ["3.3/33: another reply was faster", None]
