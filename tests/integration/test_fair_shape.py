"""A mailbox in which thousands wait delays no SMS and no other organisation, on real workers and PostgreSQL.

`FAIR_MESSAGES` says how many wait: a few hundred, or 10,000 for the proof.
"""

import os
from signal import SIGCONT, SIGSTOP

import pytest

from tests.integration.broken import Broken

#: How many citizens write to the one mailbox.
FLOOD = int(os.environ.get("FAIR_MESSAGES", "300"))

pytestmark = [
    pytest.mark.skipif("TORTURE_KILLS" not in os.environ, reason="takes minutes: make torture"),
    pytest.mark.service("dovecot", "postgres", "redis-server"), pytest.mark.xdist_group("breaks"),
    pytest.mark.timeout(480 + FLOOD),
]  # fmt: skip

#: A number and a mailbox of other organisations than the flood's, or more urgent than it.
CITIZEN = "+46701740690"


def test_ten_thousand_in_one_mailbox_delay_neither_an_sms_nor_another_organisation(broken: Broken) -> None:
    workers = [broken.programs[name] for name in ("worker-1", "worker-2")]
    for each in workers:
        each.tell(SIGSTOP)
    flood = broken.letters.deliver_to("kontaktcenter", FLOOD)
    [resident] = broken.letters.deliver_to("va", 1)
    broken.text(CITIZEN, "Hej, det har blivit hål i vägen på Storgatan.")
    for each in workers:
        each.tell(SIGCONT)

    broken.settle(seconds=120 + FLOOD / 5)

    before = {who: went_before(broken, who, flood) for who in (resident, CITIZEN)}
    print(f"{FLOOD} waited in one mailbox; of their replies went before: {before}")
    assert all(each < FLOOD / 2 for each in before.values()), before


def went_before(broken: Broken, who: str, flood: list[str]) -> int:
    """Return how many of the flood's replies were sent before somebody's."""
    rows = broken.town.rows("SELECT recipient, sent_at FROM outgoing WHERE sent_at IS NOT NULL")
    at = {row.recipient: row.sent_at for row in rows}
    return sum(each in at and at[each] < at[who] for each in flood)
