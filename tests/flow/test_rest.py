"""A provider that says "rest until then" is asked nothing before, over restarts and by nobody; that is no failure."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.finding import Heartbeat
from domain.protocols import Step
from domain.viewer import MACHINE
from pipeline.due import ring_due
from pipeline.receive import receive
from pipeline.reconcile import accounts_to_reconcile
from pipeline.send import send
from sandbox.graph import GraphServer
from sandbox.graph_behaviour import GraphTrouble
from store.accounts import list_heartbeats
from store.database import Database
from tests.flow.installation import SetClock
from tests.flow.pages import ALVA, BOSSE, PAGE, Pages


@pytest.fixture
def town(database: Database) -> Iterator[Pages]:
    """Give a page that has been read well."""
    clock = SetClock()
    server = GraphServer(clock)
    server.start()
    town = Pages(database, server, clock)
    town.poll()
    yield town
    server.stop()


def limit(town: Pages, trouble: GraphTrouble | None, minutes: int) -> None:
    """Let the provider's limit be reached, and be so for some minutes; None: there is room again."""
    behaviour = town.server.behaviour
    behaviour.trouble, behaviour.regain_minutes = trouble, minutes
    behaviour.app_usage = 100 if minutes else 0


def heartbeat(town: Pages) -> Heartbeat:
    with town.database.read() as connection:
        return next(each for each in list_heartbeats(connection, MACHINE) if each.account == PAGE)


def asked(town: Pages) -> int:
    return sum(town.server.behaviour.counts.values())


def test_nothing_is_asked_before_the_limit_is_over_by_any_worker_and_it_is_no_failure(town: Pages) -> None:
    limit(town, GraphTrouble.busy, 20)
    town.clock.forward(seconds=30)
    receive(town.runtime, PAGE)
    before, limited = asked(town), heartbeat(town)
    town.clock.forward(minutes=19)

    received = receive(town.colleague("another"), PAGE)
    town.bell.rung.clear()
    ring_due(town.colleague("another"))

    assert limited.failing_since is None
    assert limited.rests_until == town.clock.now() + timedelta(minutes=1)
    assert asked(town) == before
    assert (received.failed_step, received.passed_over) == ("", False)
    assert "is asked nothing before" in received.problem
    assert Step.receive not in town.bell.rung
    assert PAGE not in accounts_to_reconcile(town.runtime)


def test_after_the_clock_was_set_back_the_page_is_asked_and_not_an_hour_later(town: Pages) -> None:
    limit(town, GraphTrouble.busy, 20)
    town.clock.forward(minutes=90)
    receive(town.runtime, PAGE)
    limit(town, None, 0)
    town.clock.forward(hours=-2)
    before = asked(town)
    town.bell.rung.clear()

    ring_due(town.runtime)
    receive(town.runtime, PAGE)

    assert Step.receive in town.bell.rung
    assert asked(town) > before
    assert heartbeat(town).rests_until is None


def test_what_came_meanwhile_is_read_when_the_limit_is_over(town: Pages) -> None:
    limit(town, GraphTrouble.busy, 20)
    town.poll()
    town.server.write(ALVA, "Hej, gatlyktan på Storgatan är trasig")
    limit(town, None, 0)

    town.poll(minutes=21)

    assert heartbeat(town).rests_until is None
    assert len(town.tickets()) == 1


def test_while_a_provider_takes_nothing_no_other_message_of_the_account_is_tried(town: Pages) -> None:
    for writer in (ALVA, BOSSE):
        town.server.write(writer, "Hej, gatlyktan på Storgatan är trasig")
    limit(town, GraphTrouble.busy_to_write, 20)
    town.poll()
    after_the_first = asked(town)
    with town.database.write() as connection:
        # The waits between tries are the database's own.
        connection.exec_driver_sql("UPDATE outgoing SET next_try_at = NULL")
    limit(town, None, 0)
    send(town.colleague("another"))
    during = (town.texts(), asked(town))
    with town.database.write() as connection:
        connection.exec_driver_sql("UPDATE outgoing SET next_try_at = NULL")
        connection.exec_driver_sql("DELETE FROM leases WHERE name LIKE 'sends/%%'")
    send(town.runtime)

    assert during == ([], after_the_first)
    assert len(town.texts()) == 2
