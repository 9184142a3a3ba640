"""The suppression list, and bounces, on both databases (domain.md 3.3 row 32; P10)."""

from datetime import datetime, timedelta

import pytest

from domain.ids import OrganisationId
from domain.suppression import Suppression, SuppressionReason
from domain.ticket import Ticket, TicketStatus
from domain.viewer import MACHINE
from store.bounces import mark_bounced, mark_notice_not_met
from store.clocks import mark_answer_met, mark_notice_met
from store.database import Database
from store.reply_history import get_reply_history
from store.sent import list_of_ticket
from store.suppressions import add_suppression, find_suppression, list_suppressions, release_suppression
from store.tickets import get_ticket
from tests.builders import TUESDAY
from tests.contracts.stored import TOWN, WATER, put_case, sql

BO = "bo@example.se"
DAY = timedelta(days=1)


def found(database: Database, at: datetime = TUESDAY, organisation: OrganisationId = TOWN) -> Suppression | None:
    with database.read() as connection:
        return find_suppression(connection, MACHINE, organisation, BO, at)


def suppress(database: Database, why: str, at: datetime = TUESDAY, until: datetime | None = None) -> bool:
    with database.write() as connection:
        return add_suppression(
            connection, TOWN, BO, why, at, reason=SuppressionReason.hard_bounce, status="5.1.1", until=until
        )


def test_an_address_is_suppressed_with_reason_status_and_time(database: Database) -> None:
    assert suppress(database, "hard bounce 5.1.1", until=TUESDAY + DAY)

    assert found(database) == Suppression(
        address=BO, reason=SuppressionReason.hard_bounce, why="hard bounce 5.1.1", added_at=TUESDAY, status="5.1.1",
        until=TUESDAY + DAY,
    )  # fmt: skip
    assert found(database, organisation=WATER) is None


def test_a_suppression_runs_out_and_can_be_entered_anew(database: Database) -> None:
    suppress(database, "first", until=TUESDAY + DAY)

    with database.read() as connection:
        held = get_reply_history(connection, MACHINE, TOWN, BO, TUESDAY + DAY - timedelta(seconds=1)).suppressed
        free = get_reply_history(connection, MACHINE, TOWN, BO, TUESDAY + DAY).suppressed
        listed = list_suppressions(connection, MACHINE, TUESDAY + DAY)

    assert (held, free, listed) == ("first", None, ())
    assert suppress(database, "again", TUESDAY + DAY)
    again = found(database, TUESDAY + DAY)
    assert again is not None
    assert again.why == "again"


def test_one_that_holds_is_not_changed_by_a_later_bounce(database: Database) -> None:
    suppress(database, "for good")

    assert not suppress(database, "for a day", until=TUESDAY + DAY)

    kept = found(database, TUESDAY + 2 * DAY)
    assert kept is not None
    assert kept.why == "for good"


def test_a_lasting_reason_replaces_one_that_runs_out_and_stays(database: Database) -> None:
    suppress(database, "hard bounce", until=TUESDAY + DAY)

    new = suppress(database, "complaint", TUESDAY + DAY / 2)
    again = suppress(database, "hard bounce", TUESDAY + DAY / 2, until=TUESDAY + 3 * DAY)

    kept = found(database, TUESDAY + 9 * DAY)
    assert (new, again) == (True, False)
    assert kept is not None
    assert (kept.why, kept.until) == ("complaint", None)


def test_a_temporary_reason_does_not_lengthen_one_that_holds(database: Database) -> None:
    suppress(database, "first", until=TUESDAY + DAY)

    assert not suppress(database, "second", until=TUESDAY + 2 * DAY)

    assert found(database, TUESDAY + DAY) is None


def test_an_address_can_be_taken_off_the_list(database: Database) -> None:
    suppress(database, "hard bounce 5.1.1")

    with database.write() as connection:
        released = [release_suppression(connection, TOWN, BO) for _ in range(2)]

    assert released == [True, False]
    assert found(database) is None


@pytest.fixture
def ticket(database: Database) -> Ticket:
    """Give a ticket whose receipt stopped the notice clock."""
    case = put_case(database, "studs")
    sql(database, "UPDATE outgoing SET state = 'sent'")
    with database.write() as connection:
        assert mark_notice_met(connection, case.ticket, TUESDAY)
        return get_ticket(connection, MACHINE, case.ticket)


def test_a_notice_that_did_not_arrive_was_not_given(database: Database, ticket: Ticket) -> None:
    with database.read() as connection:
        [sent] = list_of_ticket(connection, MACHINE, ticket.id)

    with database.write() as connection:
        noted = [mark_bounced(connection, sent.id, TUESDAY + DAY, "5.1.1") for _ in range(2)]
        again = [mark_notice_not_met(connection, ticket.id) for _ in range(2)]
        after = get_ticket(connection, MACHINE, ticket.id)
        [bounced] = list_of_ticket(connection, MACHINE, ticket.id)

    assert noted == [True, False]
    assert again == [True, False]
    assert after.notice_met_at is None
    assert after.status is TicketStatus.open
    assert after.next_due_at == min(each for each in (ticket.notice_due_at, ticket.answer_due_at) if each)
    assert (bounced.bounced_at, bounced.bounce_status) == (TUESDAY + DAY, "5.1.1")


def test_what_a_person_has_answered_needs_no_notice_again(database: Database, ticket: Ticket) -> None:
    with database.write() as connection:
        [sent] = list_of_ticket(connection, MACHINE, ticket.id)
        mark_answer_met(connection, ticket.id, TUESDAY)
        mark_bounced(connection, sent.id, TUESDAY + DAY, "5.1.1")

        again = mark_notice_not_met(connection, ticket.id)

    assert not again


def test_while_another_message_of_ours_has_arrived_the_notice_stands(database: Database, ticket: Ticket) -> None:
    with database.write() as connection:
        again = mark_notice_not_met(connection, ticket.id)

    assert not again
