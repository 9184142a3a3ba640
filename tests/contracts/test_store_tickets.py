"""Tickets: numbers without gaps, the clock that breaks first on top, on both databases."""

from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from domain.category import Urgency
from domain.ids import TicketId
from domain.ticket import Ticket, TicketStatus
from domain.viewer import MACHINE
from store.clocks import mark_notice_met
from store.database import Database
from store.new_tickets import NewTicket, open_ticket
from store.tickets import count_tickets, get_ticket, list_tickets
from tests.builders import TUESDAY
from tests.contracts.stored import TOWN, WATER, at_once, new_ticket, sql

HOUR = timedelta(hours=1)


def opened(database: Database, **changes: object) -> TicketId:
    with database.write() as connection:
        return open_ticket(connection, new_ticket(**changes))[0]


def ticket(database: Database, id: TicketId) -> Ticket:
    with database.read() as connection:
        return get_ticket(connection, MACHINE, id)


def queue(database: Database, **changes: object) -> list[TicketId]:
    with database.read() as connection:
        return [each.id for each in list_tickets(connection, MACHINE, **changes)]  # type: ignore[arg-type]


def test_a_ticket_is_read_as_it_was_opened(database: Database) -> None:
    new = new_ticket(needs_a_look=True, look_reason="3.3/11: hot \x00 ord", subject="Hål \ud83d", language="fi")
    with database.write() as connection:
        id, number = open_ticket(connection, new)

    read = ticket(database, id)

    for name in NewTicket.__slots__:
        if name not in {"look_reason", "subject", "danger", "opened_at", "answered"}:
            assert getattr(read, name) == getattr(new, name), name
    assert (read.number, read.status, read.assignee) == (number, TicketStatus.open, None)
    assert (read.look_reason, read.subject) == ("3.3/11: hot  ord", "Hål ?")


def test_numbers_run_by_organisation_and_year(database: Database) -> None:
    with database.write() as connection:
        numbers = [
            open_ticket(connection, new_ticket(organisation=organisation, opened_at=at))[1]
            for organisation, at in (
                (TOWN, TUESDAY),
                (TOWN, TUESDAY),
                (WATER, TUESDAY),
                (TOWN, TUESDAY + timedelta(days=60)),
                (TOWN, TUESDAY),
            )
        ]

    assert numbers == ["26-00001", "26-00002", "26-00001", "27-00001", "26-00003"]


def test_the_year_of_a_number_is_the_swedish_one(database: Database) -> None:
    with database.write() as connection:
        numbers = [
            open_ticket(connection, new_ticket(opened_at=datetime(2026, 12, 31, hour, 30, tzinfo=UTC)))[1]
            for hour in (22, 23)
        ]

    assert numbers == ["26-00001", "27-00001"]


def test_a_ticket_that_is_not_opened_after_all_leaves_no_gap(database: Database) -> None:
    with database.engine.connect() as connection:
        open_ticket(connection, new_ticket())
        connection.rollback()

    with database.write() as connection:
        assert open_ticket(connection, new_ticket())[1] == "26-00001"


def test_tickets_opened_by_many_workers_at_once_are_numbered_without_gaps(database: Database) -> None:
    start = Barrier(5)

    def work(number: int) -> list[str]:
        start.wait()
        numbers = []
        for _ in range(12):
            with database.write() as connection:
                numbers.append(open_ticket(connection, new_ticket())[1])
        return numbers

    numbers = sorted(number for mine in at_once(5, work) for number in mine)

    assert numbers == [f"26-{number:05d}" for number in range(1, 61)]


def test_after_the_notice_the_answers_clock_is_next(database: Database) -> None:
    id = opened(database)
    with database.write() as connection:
        first = mark_notice_met(connection, id, TUESDAY + timedelta(minutes=5))
        again = mark_notice_met(connection, id, TUESDAY + timedelta(minutes=9))

    read = ticket(database, id)

    assert (first, again) == (True, False)
    assert read.notice_met_at == TUESDAY + timedelta(minutes=5)
    assert read.next_due_at == read.answer_due_at
    assert stored_next_due_at(database, id) == read.answer_due_at


def test_after_both_no_clock_runs(database: Database) -> None:
    id = opened(database)
    sql(database, "UPDATE tickets SET answer_met_at = arrived_at")
    with database.write() as connection:
        mark_notice_met(connection, id, TUESDAY)

    assert ticket(database, id).next_due_at is None
    assert stored_next_due_at(database, id) is None


def test_a_notice_clock_that_does_not_run_is_not_stopped(database: Database) -> None:
    id = opened(database, notice_due_at=None, answer_due_at=None)
    with database.write() as connection:
        assert not mark_notice_met(connection, id, TUESDAY)

    assert ticket(database, id).notice_met_at is None


@pytest.mark.parametrize("notice", [None, TUESDAY, TUESDAY + 2 * HOUR])
@pytest.mark.parametrize("answer", [None, TUESDAY + HOUR])
def test_what_the_queue_is_sorted_by_is_the_first_running_clock(
    database: Database, notice: datetime | None, answer: datetime | None
) -> None:
    id = opened(database, notice_due_at=notice, answer_due_at=answer)

    assert stored_next_due_at(database, id) == ticket(database, id).next_due_at


def stored_next_due_at(database: Database, id: TicketId) -> datetime | None:
    """Return the stored clock, found as the queue uses it: by what is late and what is not."""
    with database.read() as connection:
        for due in (TUESDAY, TUESDAY + HOUR, TUESDAY + 2 * HOUR, TUESDAY + timedelta(days=1)):
            if count_tickets(connection, MACHINE, due_before=due + timedelta(microseconds=1)):
                return due
    return None


def test_the_promise_that_breaks_first_is_on_top_and_what_has_no_clock_comes_last(database: Database) -> None:
    idle = opened(database, notice_due_at=None, answer_due_at=None)
    late = opened(database, notice_due_at=TUESDAY + 3 * HOUR, answer_due_at=TUESDAY + 2 * HOUR)
    early = opened(database, notice_due_at=TUESDAY + HOUR, answer_due_at=None)
    same = opened(database, notice_due_at=TUESDAY + HOUR, answer_due_at=None)
    idle_too = opened(database, notice_due_at=None, answer_due_at=None)

    assert queue(database) == [early, same, late, idle, idle_too]
    assert queue(database, limit=2) == [early, same]


def test_closed_tickets_are_listed_only_when_they_are_asked_for(database: Database) -> None:
    closed, still_open = opened(database), opened(database)
    sql(database, f"UPDATE tickets SET status = 'closed' WHERE id = {int(closed)}")

    assert queue(database) == [still_open]
    assert queue(database, status=TicketStatus.closed) == [closed]
    assert queue(database, status=None) == [closed, still_open]
    with database.read() as connection:
        assert count_tickets(connection, MACHINE) == 1
        assert count_tickets(connection, MACHINE, status=TicketStatus.closed) == 1


def test_a_ticket_is_late_from_the_moment_after_its_promise(database: Database) -> None:
    opened(database, notice_due_at=TUESDAY + HOUR)

    with database.read() as connection:
        assert count_tickets(connection, MACHINE, due_before=TUESDAY + HOUR) == 0
        assert count_tickets(connection, MACHINE, due_before=TUESDAY + HOUR + timedelta(microseconds=1)) == 1


def test_a_ticket_that_a_person_had_answered_is_opened_closed_and_with_no_running_clock(database: Database) -> None:
    id = opened(database, answered=True)

    read = ticket(database, id)

    assert read.status is TicketStatus.closed
    assert read.next_due_at is None
    assert queue(database) == []
    with database.read() as connection:
        late = TUESDAY + timedelta(days=9)
        assert count_tickets(connection, MACHINE, status=TicketStatus.closed, due_before=late) == 0


def test_a_ticket_that_does_not_exist_is_not_found(database: Database) -> None:
    with database.read() as connection, pytest.raises(KeyError):
        get_ticket(connection, MACHINE, TicketId(7))


def test_what_a_person_must_act_on_now_stands_above_every_promise(database: Database) -> None:
    late = opened(database, notice_due_at=TUESDAY - HOUR)
    emergency = opened(database, urgency=Urgency.U0, notice_due_at=TUESDAY + HOUR)

    assert queue(database) == [emergency, late]
    assert queue(database, limit=1) == [emergency]
