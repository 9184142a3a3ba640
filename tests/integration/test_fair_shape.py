"""A mailbox in which thousands wait delays no SMS and no other organisation, on real workers and PostgreSQL.

`FAIR_MESSAGES` says how many wait: 10,000 in `make torture`.
"""

import os
from signal import SIGCONT, SIGSTOP

import pytest

from tests.integration.broken import Broken

#: How many citizens write to the one mailbox: more than the workers' threads have in hand at once, for what they have
#: claimed goes before what comes then.
FLOOD = int(os.environ.get("FAIR_MESSAGES", "400"))

pytestmark = [
    pytest.mark.service("dovecot", "postgres", "redis-server"),
    pytest.mark.xdist_group("breaks"),
    pytest.mark.timeout(480 + FLOOD),
]

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
    print(f"{FLOOD} waited in one mailbox; of their replies went while these waited: {before}")
    assert all(each < FLOOD / 2 for each in before.values()), before


def went_before(broken: Broken, who: str, flood: list[str]) -> int:
    """Return how many of the flood's replies were sent between somebody's message was stored and answered."""
    rows = broken.town.rows(
        "SELECT outgoing.recipient, outgoing.sent_at, messages.stored_at FROM outgoing "
        "JOIN messages ON messages.id = outgoing.message_row WHERE outgoing.sent_at IS NOT NULL"
    )
    of = {row.recipient: row for row in rows}
    return sum(each in of and of[who].stored_at < of[each].sent_at < of[who].sent_at for each in flood)
