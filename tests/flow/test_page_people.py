"""What people hear of a page: windows that close, what it owes, that it rests, that it lives."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.ids import OrganisationId
from domain.viewer import MACHINE, Scope, Viewer
from pipeline.holding import hold
from sandbox.graph import GraphServer
from store.accounts import list_heartbeats
from store.database import Database
from store.handlings import list_workloads
from store.pages import Unanswered, count_unanswered
from tests.flow.installation import SetClock
from tests.flow.pages import ALVA, BOSSE, PAGE, Pages

STRANGER = Viewer(scope=Scope.operator, organisation=OrganisationId("grannkommunen"))
LIGHT = "Hej, gatlyktan utanför Storgatan 4 är trasig"


@pytest.fixture
def town(database: Database) -> Iterator[Pages]:
    """Give a page that was read while nothing lay there (P14)."""
    clock = SetClock()
    server = GraphServer(clock)
    server.start()
    town = Pages(database, server, clock)
    town.poll()
    yield town
    server.stop()


def alarms(town: Pages) -> list[str]:
    """Return the mails about windows that close."""
    return [each.text for each in town.alerts() if each.template == "window_closing"]


@pytest.mark.parametrize(("hours", "told"), [(19, 0), (20, 1), (25, 0), (6 * 24, 1)])
def test_who_answers_for_the_unit_hears_once_before_a_window_closes(town: Pages, hours: int, told: int) -> None:
    for person in (ALVA, BOSSE):
        town.server.write(person, LIGHT)
    town.poll()
    town.clock.forward(hours=hours)

    hold(town.runtime)
    hold(town.runtime)

    assert len(alarms(town)) == told
    assert all("2 ärenden" in text and "Storgatan" not in text for text in alarms(town))


def test_a_ticket_whose_window_closes_comes_first_until_it_is_over(town: Pages) -> None:
    town.server.write(BOSSE, "När öppnar badhuset?")
    town.poll(hours=2)
    town.server.write(ALVA, LIGHT)
    town.poll()
    before = [(each.sender_name, each.window_closes_at) for each in town.tickets()]
    town.clock.forward(hours=18, minutes=30)

    hold(town.runtime)
    first, second = town.tickets()
    town.clock.forward(hours=4)
    hold(town.runtime)

    assert {at for _, at in before} == {None}
    assert (first.sender_name, first.next_due_at) == ("Bosse Björkrot", first.window_closes_at)
    assert first.window_closes_at == first.arrived_at + timedelta(hours=24)
    assert second.window_closes_at is None
    assert [each.window_closes_at for each in town.tickets() if each.sender_name == "Bosse Björkrot"] == [None]


def test_a_window_of_somebody_who_wrote_again_is_forgotten(town: Pages) -> None:
    town.server.write(ALVA, LIGHT)
    town.poll()
    town.clock.forward(hours=21)
    hold(town.runtime)
    town.server.write(ALVA, "Är det någon där?")
    town.poll()

    hold(town.runtime)

    [ticket] = town.tickets()
    assert ticket.window_closes_at is None


def test_what_a_page_owes_is_counted_by_where_it_was_asked(town: Pages) -> None:
    asked_at = town.clock.now()
    town.server.write(ALVA, LIGHT)
    town.server.comment(town.server.post(), BOSSE, "När öppnar badhuset?")
    town.poll()

    with town.database.read() as connection:
        owed = count_unanswered(connection, MACHINE, PAGE)
        unseen = count_unanswered(connection, STRANGER, PAGE)
    town.clock.forward(minutes=20)
    town.server.answer_in_inbox(ALVA, "Hej Alva! Vi byter lampan i veckan.")
    town.poll()
    with town.database.read() as connection:
        after = count_unanswered(connection, MACHINE, PAGE)

    assert (owed.in_messenger, owed.in_public, owed.oldest_at) == (1, 1, asked_at)
    assert unseen == Unanswered()
    assert (after.in_messenger, after.in_public) == (0, 1)


def test_a_page_that_answers_lives_and_one_whose_machine_does_not(town: Pages) -> None:
    town.server.write(ALVA, LIGHT)
    town.poll()
    town.poll(minutes=11)
    with town.database.read() as connection:
        by_machine = list_workloads(connection, MACHINE)[PAGE].last_post_at
    town.clock.forward(minutes=20)
    town.server.answer_in_inbox(ALVA, "Hej Alva! Vi byter lampan i veckan.")
    said_at = town.clock.now()

    town.poll()

    with town.database.read() as connection:
        by_a_person = list_workloads(connection, MACHINE)[PAGE].last_post_at
    assert len(town.texts()) == 1
    assert (by_machine, by_a_person) == (None, said_at)


def test_at_95_percent_of_the_limit_the_page_rests_a_quarter_of_an_hour_says_so_and_goes_on(town: Pages) -> None:
    def rests_until() -> object:
        with town.database.read() as connection:
            return next(each.rests_until for each in list_heartbeats(connection, MACHINE) if each.account == PAGE)

    town.server.behaviour.page_usage = 95
    town.poll()
    begun = town.clock.now()
    town.server.write(ALVA, LIGHT)
    town.server.behaviour.counts.clear()
    town.poll(minutes=14)
    during, said = sum(town.server.behaviour.counts.values()), rests_until()
    town.server.behaviour.page_usage = 0

    town.poll(minutes=2)
    town.poll()

    assert (during, said) == (0, begun + timedelta(minutes=15))
    assert (rests_until(), len(town.tickets())) == (None, 1)


def test_a_page_whose_limit_stays_near_is_read_again_and_again(town: Pages) -> None:
    town.server.behaviour.app_usage = 100
    town.server.behaviour.regain_minutes = 600

    for number in range(3):
        town.server.write(ALVA, f"Fråga {number}")
        town.poll(minutes=61)

    assert town.messages() == 3
