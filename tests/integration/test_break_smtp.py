"""The way out refuses, hangs, and cuts the line after it has taken the content."""

from collections.abc import Callable, Collection

import pytest

from tests.integration.broken import Broken

pytestmark = [
    pytest.mark.service("dovecot", "postgres", "redis-server"),
    pytest.mark.xdist_group("breaks"),
    pytest.mark.timeout(480),
]

BREAKS: dict[str, Callable[[Broken], None]] = {
    "refuses": lambda broken: broken.smtp.refuse("RCPT", "451 4.7.1 Kom tillbaka"),
    "hangs": lambda broken: broken.smtp.hang("MAIL"),
    "is not there": lambda broken: broken.smtp.drop("CONNECT"),
}


def states_of(broken: Broken, senders: Collection[str]) -> set[str]:
    """Return how far the replies to these got; some may not be written yet."""
    rows = broken.town.rows("SELECT recipient, state FROM outgoing")
    return {row.state for row in rows if row.recipient in senders}


@pytest.mark.parametrize("way", BREAKS)
def test_what_was_not_taken_goes_later_and_once(broken: Broken, way: str) -> None:
    BREAKS[way](broken)
    wrote = broken.letters.deliver(2)
    broken.town.until("no send has failed", lambda: "retry" in states_of(broken, wrote), seconds=60)

    broken.smtp.behave()

    broken.settle()
    assert states_of(broken, wrote) == {"sent"}


@pytest.mark.parametrize("keeps", [True, False])
def test_a_line_cut_after_the_content_leaves_doubt_and_no_second_reply(broken: Broken, keeps: bool) -> None:
    broken.smtp.drop("END", keep=keeps)
    [sender] = broken.letters.deliver(1)
    broken.cut_off.add(sender)
    broken.town.until("it is not in doubt", lambda: "uncertain" in states_of(broken, [sender]), seconds=60)

    broken.smtp.behave()
    broken.letters.deliver(1)

    broken.settle()
    assert states_of(broken, [sender]) == {"uncertain"}
    assert len(broken.town.sent_to(sender)) == int(keeps)
