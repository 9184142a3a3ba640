"""Clocks in the store: changed by pure functions, alone among all workers, on both databases."""

from datetime import timedelta

from domain.clocks import answer_held, gone_late
from domain.ids import TicketId
from domain.ticket import Ticket
from domain.viewer import MACHINE
from store.clocks import mark_answer_met, mark_notice_met, set_clocks
from store.database import Database
from store.new_tickets import open_ticket
from store.tickets import get_ticket
from tests.builders import TUESDAY as NOW
from tests.contracts.stored import at_once, new_ticket

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def opened(database: Database) -> TicketId:
    with database.write() as connection:
        return open_ticket(connection, new_ticket(notice_due_at=NOW + HOUR, answer_due_at=NOW + DAY))[0]


def ticket(database: Database, id: TicketId) -> Ticket:
    with database.read() as connection:
        return get_ticket(connection, MACHINE, id)


def test_a_change_is_kept_with_the_clock_that_breaks_next(database: Database) -> None:
    id = opened(database)

    with database.write() as connection:
        turned = set_clocks(connection, id, lambda clocks: answer_held(clocks, NOW + 3 * DAY, NOW), calendar="new")

    held = ticket(database, id)
    assert turned is not None
    assert turned.after == held.clocks
    assert (held.answer_due_at, held.first_answer_due_at, held.next_due_at) == (NOW + 3 * DAY, NOW + DAY, NOW + 3 * DAY)
    assert held.calendar == "new"


def test_what_changes_nothing_is_told_as_nothing(database: Database) -> None:
    id = opened(database)

    with database.write() as connection:
        unchanged = set_clocks(connection, id, lambda clocks: clocks)
        unknown = set_clocks(connection, TicketId(999_999), lambda clocks: gone_late(clocks, NOW))

    assert (unchanged, unknown) == (None, None)


def test_an_answer_stops_both_once(database: Database) -> None:
    id = opened(database)

    with database.write() as connection:
        first = mark_answer_met(connection, id, NOW)
        again = mark_answer_met(connection, id, NOW + HOUR)
        notice = mark_notice_met(connection, id, NOW + HOUR)

    stopped = ticket(database, id)
    assert (first, again, notice) == (True, False, False)
    assert (stopped.notice_met_at, stopped.answer_met_at, stopped.next_due_at) == (NOW, NOW, None)


def test_of_two_workers_at_once_one_changes_and_the_other_sees_it(database: Database) -> None:
    id = opened(database)

    def stop(minutes: int) -> bool:
        with database.write() as connection:
            return mark_notice_met(connection, id, NOW + timedelta(minutes=minutes))

    stopped = at_once(4, stop)

    assert sorted(stopped) == [False, False, False, True]
