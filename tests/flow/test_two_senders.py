"""Two workers send at the same moment: together they keep every brake and every rate (P7)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from domain.brakes import BrakeSettings
from domain.finding import Finding, FindingKind
from domain.outgoing import SendState
from domain.viewer import MACHINE
from pipeline.send import Sent, send
from pipeline.stop_replies import close_by_hand
from pipeline.tell import tell
from store.breaker import get_breaker
from store.database import Connection, Database
from store.findings import list_open_findings
from tests.flow.installation import Installation, small_site
from tests.unit.outbox.queued import queue

#: More than one worker claims at once, so that both have work.
REPLIES = 120


@pytest.fixture
def town(database: Database) -> Installation:
    return Installation(database)


def queued(town: Installation, make: Callable[[Connection, int], object]) -> None:
    """Put replies into the outbox."""
    with town.database.write() as connection:
        for number in range(REPLIES):
            make(connection, number)


def sent_by_two(town: Installation) -> Counter[SendState]:
    """Let two workers send all that waits; return what became of it."""
    together = Barrier(2, timeout=10)

    def work(name: str) -> Sent:
        together.wait()
        return send(town.colleague(name))

    with ThreadPoolExecutor(max_workers=2) as workers:
        return sum((each.states for each in workers.map(work, ("worker-1", "worker-2"))), Counter[SendState]())


def braked(town: Installation, **settings: int) -> None:
    """Use other brakes."""
    town.use(replace(small_site(), brakes=replace(BrakeSettings(), **settings)))  # type: ignore[arg-type]


def test_one_address_and_mailbox_gets_one_reply(town: Installation) -> None:
    queued(town, lambda connection, _: queue(connection))

    states = sent_by_two(town)
    tell(town.runtime)

    assert states[SendState.cancelled] == REPLIES - 1
    assert len(town.wires.out.sent) == 1


def test_one_address_gets_five_replies_over_all_mailboxes(town: Installation) -> None:
    queued(town, lambda connection, number: queue(connection, mailbox=f"box{number}@exempelby.example"))

    states = sent_by_two(town)

    # The alert that could be made of it is none: only the rate of the whole installation is alarming.
    assert states[SendState.cancelled] == REPLIES - 5
    assert len(town.wires.out.sent) == 5
    assert town.alerts() == ()


def test_above_the_normal_rate_all_stop_and_one_alert_tells_of_it(town: Installation) -> None:
    braked(town, installation_per_hour=20)
    queued(town, lambda connection, number: queue(connection, recipient=f"person{number}@example.se"))

    states = sent_by_two(town)
    tell(town.runtime)

    assert states[SendState.cancelled] == REPLIES - 20
    assert len([each for each in town.wires.out.sent if each.recipient.startswith("person")]) == 20
    assert [alert.template for alert in town.alerts()] == ["replies_stopped"]
    assert [finding.kind for finding in open_findings(town)] == [FindingKind.replies_stopped]


def test_the_breaker_closes_by_itself_when_it_is_quiet_again(town: Installation) -> None:
    braked(town, installation_per_hour=20)
    queued(town, lambda connection, number: queue(connection, recipient=f"person{number}@example.se"))
    send(town.runtime)
    tell(town.runtime)

    town.clock.forward(minutes=59)
    send(town.runtime)
    held_on = stopped(town)
    town.clock.forward(minutes=2)
    send(town.runtime)
    tell(town.runtime)

    assert (held_on, stopped(town)) == (True, False)
    assert [alert.template for alert in town.alerts()] == ["replies_resumed", "replies_stopped"]
    assert open_findings(town) == []


def test_a_person_lets_replies_go_again_and_the_count_begins_anew(town: Installation) -> None:
    braked(town, installation_per_hour=20)
    queued(town, lambda connection, number: queue(connection, recipient=f"person{number}@example.se"))
    send(town.runtime)
    town.clock.forward(minutes=1)

    closed = [close_by_hand(town.database, town.site, actor="user/alice", now=town.clock.now()) for _ in range(2)]
    town.clock.forward(minutes=1)
    with town.database.write() as connection:
        queue(connection, recipient="bo@example.se", at=town.clock.now())
    send(town.runtime)

    assert closed == [True, False]
    assert [each.recipient for each in town.wires.out.sent].count("bo@example.se") == 1
    assert not stopped(town)


def test_a_send_rate_is_kept_by_both_together(town: Installation) -> None:
    rated = tuple(replace(each, send_rate=60) for each in small_site().accounts)
    town.use(replace(small_site(), accounts=rated))
    queued(town, lambda connection, number: queue(connection, recipient=f"person{number}@example.se"))

    states = sent_by_two(town)
    again = sent_by_two(town)

    # Six may go at once, and about one more for each second that the test took.
    assert 6 <= (states + again)[SendState.sent] <= 15
    assert states[SendState.retry] == states[SendState.cancelled] == 0


def stopped(town: Installation) -> bool:
    with town.database.read() as connection:
        return get_breaker(connection, MACHINE).opened_at is not None


def open_findings(town: Installation) -> list[Finding]:
    with town.database.read() as connection:
        return list(list_open_findings(connection, MACHINE))
