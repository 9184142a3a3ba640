"""What waits is counted by kind and state, with the age of the oldest."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain.finding import FindingKind
from domain.ids import AccountId
from domain.viewer import MACHINE
from store import backlog, findings, messages
from store.clocks import mark_notice_met
from store.database import Database
from store.schema import handlings, tickets
from store.waiting import claim_waiting
from tests.builders import TUESDAY
from tests.contracts.stored import TOWN, account, arrival, person, put_case, queue_outgoing

HOUR = timedelta(hours=1)


def waiting_in(database: Database) -> dict[tuple[str, str], tuple[int, timedelta]]:
    with database.read() as connection:
        listed = backlog.list_backlog(connection, MACHINE, TUESDAY + HOUR)
    return {(each.kind, each.state): (each.count, TUESDAY + HOUR - each.oldest_at) for each in listed}


def test_an_empty_installation_has_no_backlog(database: Database) -> None:
    assert waiting_in(database) == {}


def test_messages_and_sends_that_wait_are_counted_from_the_oldest(database: Database) -> None:
    with database.write() as connection:
        messages.add_arrivals(connection, account(), [arrival(1)], TUESDAY)
        messages.add_arrivals(connection, account(), [arrival(2)], TUESDAY + HOUR / 2)
        queue_outgoing(connection, "a")

    found = waiting_in(database)

    assert found["message", "waiting"] == (2, HOUR)
    assert found["send", "queued"][0] == 1


def test_a_message_that_somebody_decides_is_told_from_one_that_waits(database: Database) -> None:
    with database.write() as connection:
        messages.add_arrivals(connection, account(), [arrival(1)], TUESDAY)
        claim_waiting(connection, "w")
        messages.add_arrivals(connection, account(), [arrival(2)], TUESDAY + HOUR / 2)

    found = waiting_in(database)

    assert found["message", "claimed"] == (1, HOUR)
    assert found["message", "waiting"] == (1, HOUR / 2)


def test_what_people_are_to_do_counts_too(database: Database) -> None:
    case = put_case(database, "a")
    with database.write() as connection:
        connection.execute(sa.update(tickets).where(tickets.c.id == case.ticket).values(needs_a_look=True))
        connection.execute(
            sa.insert(handlings).values(
                organisation_id=TOWN, account_id="kontaktcenter", message_row=case.message, arrived_at=TUESDAY
            )
        )

    found = waiting_in(database)

    assert found["handling", "unhandled"] == (1, HOUR)
    assert found["ticket", "needs_a_look"][0] == 1


def test_a_finding_counts_until_it_closes(database: Database) -> None:
    with database.write() as connection:
        id = findings.open_finding(connection, TOWN, AccountId("gata"), FindingKind.unreachable, "stängt", TUESDAY)
    assert id is not None
    before = waiting_in(database)

    with database.write() as connection:
        findings.close_finding(connection, id, TUESDAY)

    assert before["finding", "unreachable"] == (1, HOUR)
    assert waiting_in(database) == {}


def test_a_clock_that_is_met_is_late_no_more(database: Database) -> None:
    case = put_case(database, "a")
    with database.read() as connection:
        before = backlog.list_backlog(connection, MACHINE, case.due_at + HOUR)

    with database.write() as connection:
        mark_notice_met(connection, case.ticket, TUESDAY)

    with database.read() as connection:
        after = backlog.list_backlog(connection, MACHINE, case.due_at + HOUR)
    assert [each.oldest_at for each in before if each.kind == "notice"] == [case.due_at]
    assert [each for each in after if each.kind == "notice"] == []


def test_sends_are_counted_by_kind_and_state_since_an_instant(database: Database) -> None:
    with database.write() as connection:
        queue_outgoing(connection, "a")
        queue_outgoing(connection, "b")
    with database.read() as connection:
        recent = backlog.count_sends(connection, MACHINE, TUESDAY - HOUR)
        later = backlog.count_sends(connection, MACHINE, TUESDAY + 1000 * HOUR)

    assert recent == {("receipt", "queued"): 2}
    assert later == {}


def test_a_person_may_not_count_what_crosses_organisations(database: Database) -> None:
    with database.read() as connection:
        with pytest.raises(PermissionError):
            backlog.list_backlog(connection, person("gata"), TUESDAY)
        with pytest.raises(PermissionError):
            backlog.count_sends(connection, person("gata"), TUESDAY)
