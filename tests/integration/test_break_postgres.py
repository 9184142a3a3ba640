"""PostgreSQL is cut off and comes back under the workers, the schedulers, the listener and the pages."""

import pytest

from tests.integration.broken import Broken
from tests.integration.claims import decided

pytestmark = [
    pytest.mark.service("dovecot", "postgres", "redis-server"),
    pytest.mark.xdist_group("breaks"),
    pytest.mark.timeout(480),
]


def test_postgresql_is_restarted_under_everything(broken: Broken) -> None:
    assert broken.postgres is not None
    before = decided(broken.town)
    idle = {name: each.said.count("Traceback") for name, each in broken.programs.items()}

    broken.letters.deliver(4)
    broken.town.until("nothing is decided", lambda: decided(broken.town) > before, seconds=60)
    # What was being handed over just now is in doubt: the mark that it went was not kept.
    broken.cut_off |= set(broken.letters.deliver(4)) | set(broken.letters.senders[-8:])
    broken.postgres.server.stop()
    broken.town.until("the pages do not say so", lambda: not broken.answers(), seconds=30)
    broken.letters.deliver(4)
    broken.postgres.restart()

    broken.town.until("the pages do not heal", broken.answers, seconds=60)
    broken.settle()
    assert all(each.runs for each in broken.programs.values()), broken.town.watched.report()
    # Each tries again after a while, not at once and for ever.
    assert all(each.said.count("Traceback") - idle[name] < 200 for name, each in broken.programs.items())
