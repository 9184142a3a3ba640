"""The mail server is cut off while mail lies in it, and started again."""

import pytest

from tests.integration.broken import Broken

pytestmark = [
    pytest.mark.service("dovecot", "postgres", "redis-server"),
    pytest.mark.xdist_group("breaks"),
    pytest.mark.timeout(480),
]


def test_the_mail_server_is_restarted(broken: Broken) -> None:
    broken.letters.deliver(3)
    broken.dovecot.server.stop()
    broken.town.until(
        "nobody notes that the mailboxes cannot be read",
        lambda: broken.town.rows("SELECT 1 FROM accounts WHERE failing_since IS NOT NULL"),
        seconds=60,
    )

    broken.dovecot.server.start()
    broken.letters.deliver(3)

    broken.settle()
    still = "SELECT account_id FROM accounts WHERE failing_since IS NOT NULL"
    broken.town.until("an account still counts as unreachable", lambda: not broken.town.rows(still), seconds=60)
