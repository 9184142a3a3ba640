"""What became of a message after the provider took it: nothing is silent, in whatever order it is told."""

from itertools import permutations

import pytest

from domain.clocks import Clocks
from domain.delivery import DeliveryState
from domain.suppression import SuppressionReason
from domain.ticket import Ticket
from domain.viewer import MACHINE
from pipeline.send import send
from store.deliveries import list_deliveries
from store.queue_marks import list_queue_marks
from store.suppressions import find_suppression
from tests.flow.phones import CITIZEN, NUMBERS, Phones

LAMP = "Hej, gatlyktan utanför Storgatan 4 är trasig"


@pytest.fixture
def ticket(phones: Phones) -> Ticket:
    """Give a ticket whose receipt has gone."""
    phones.server.receive(CITIZEN, NUMBERS[0], LAMP)
    phones.poll()
    [ticket] = phones.tickets()
    assert ticket.notice_met_at is not None
    return ticket


def states(phones: Phones, ticket: Ticket) -> list[DeliveryState]:
    with phones.database.read() as connection:
        return list(list_deliveries(connection, MACHINE, ticket.id).values())


def answer(phones: Phones, text: str = "Vi lagar lyktan på torsdag.") -> str:
    """Let a person's answer go, and return its SID."""
    phones.add_answer(text)
    send(phones.runtime)
    return phones.server.sent[-1].sid


def test_a_receipt_that_arrives_is_shown_so_and_stays_a_notice(phones: Phones, ticket: Ticket) -> None:
    phones.tell(phones.server.sent[0].sid, "delivered")

    [after] = phones.tickets()
    assert states(phones, ticket) == [DeliveryState.delivered]
    assert after.notice_met_at == ticket.notice_met_at


@pytest.mark.parametrize("by_poll", [False, True], ids=["by webhook", "by poll"])
def test_a_receipt_that_does_not_arrive_lets_the_notice_run_again(
    phones: Phones, ticket: Ticket, by_poll: bool
) -> None:
    if by_poll:
        phones.server.archive.change(phones.server.sent[0].sid, status="undelivered", error_code=30003)
        phones.poll()
    else:
        phones.tell(phones.server.sent[0].sid, "undelivered", 30003)

    [after] = phones.tickets()
    [reply] = phones.replies(after)
    assert after.notice_met_at is None
    assert (reply.bounce_status, reply.bounce_why) == ("30003", "telefonen går inte att nå")


@pytest.mark.parametrize("order", list(permutations(["sent", "queued", "delivered"])))
def test_a_late_word_takes_nothing_back(phones: Phones, ticket: Ticket, order: tuple[str, ...]) -> None:
    for status in (*order, *order):
        phones.tell(phones.server.sent[0].sid, status)

    assert states(phones, ticket) == [DeliveryState.delivered]


def test_what_was_told_of_as_lost_and_arrives_after_all_is_a_notice_again(phones: Phones, ticket: Ticket) -> None:
    phones.tell(phones.server.sent[0].sid, "failed", 30008)
    phones.tell(phones.server.sent[0].sid, "delivered")

    [after] = phones.tickets()
    assert after.notice_met_at == ticket.notice_met_at
    assert phones.replies(after)[0].bounced_at is None


def test_the_same_failure_told_twice_is_one_event(phones: Phones, ticket: Ticket) -> None:
    for _ in range(3):
        phones.tell(phones.server.sent[0].sid, "failed", 30008)
        phones.poll()

    with phones.database.read() as connection:
        told = connection.exec_driver_sql("SELECT count(*) FROM events WHERE kind = 'reply_bounced'").scalar()
    assert told == 1


def test_an_answer_that_does_not_arrive_is_owed_again_and_stands_in_the_queue(phones: Phones, ticket: Ticket) -> None:
    sid = answer(phones)
    [answered] = phones.tickets()

    phones.tell(sid, "undelivered", 30005)

    [after] = phones.tickets()
    with phones.database.read() as connection:
        mark = list_queue_marks(connection, MACHINE, [ticket.id])[ticket.id]
    assert answered.answer_met_at is not None
    assert (after.answer_met_at, after.answer_due_at) == (None, ticket.answer_due_at)
    assert after.notice_met_at == ticket.notice_met_at
    assert mark.answer_lost


def test_an_answer_that_does_not_arrive_opens_the_closed_ticket(phones: Phones, ticket: Ticket) -> None:
    sid = answer(phones)
    with phones.database.write() as connection:
        connection.exec_driver_sql("UPDATE tickets SET status = 'closed'")

    phones.tell(sid, "failed", 30008)

    assert [each.id for each in phones.tickets()] == [ticket.id]


def test_of_two_answers_the_one_that_arrived_counts(phones: Phones, ticket: Ticket) -> None:
    first = answer(phones)
    second = answer(phones, "Rättelse: på fredag.")
    phones.tell(first, "failed", 30008)
    [between] = phones.tickets()

    phones.tell(second, "failed", 30008)

    [after] = phones.tickets()
    assert between.answer_met_at is not None
    assert after.answer_met_at is None


def test_an_answer_before_the_last_question_does_not_answer_it(phones: Phones, ticket: Ticket) -> None:
    answer(phones)
    phones.clock.forward(hours=1)
    phones.server.receive(CITIZEN, NUMBERS[0], "Den är fortfarande trasig, när kommer ni?")
    phones.poll()
    sid = answer(phones, "I morgon.")

    phones.tell(sid, "failed", 30008)

    [after] = phones.tickets()
    assert after.answer_met_at is None


def test_a_status_that_comes_before_its_message_is_written_down_is_not_lost(phones: Phones, ticket: Ticket) -> None:
    sid = phones.server.sent[0].sid
    with phones.database.write() as connection:
        connection.exec_driver_sql("UPDATE outgoing SET provider_id = ''")
    phones.tell(sid, "failed", 30008)
    [before] = phones.tickets()
    with phones.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE outgoing SET provider_id = '{sid}'")

    phones.poll()

    [after] = phones.tickets()
    assert before.notice_met_at is not None
    assert after.notice_met_at is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [(21610, SuppressionReason.opted_out), (30006, SuppressionReason.hard_bounce), (30003, None)],
)
def test_a_number_that_will_never_take_an_sms_gets_no_automatic_one(
    phones: Phones, ticket: Ticket, code: int, reason: SuppressionReason | None
) -> None:
    phones.tell(phones.server.sent[0].sid, "failed", code)

    with phones.database.read() as connection:
        found = find_suppression(connection, MACHINE, ticket.organisation, CITIZEN, phones.clock.now())
    assert (found.reason if found else None) is reason


def test_what_another_system_sent_from_the_number_changes_nothing(phones: Phones, ticket: Ticket) -> None:
    phones.server.archive.add(
        sender=NUMBERS[0], recipient=CITIZEN, body="Annat", direction="outbound-api", status="failed",
        created_at=phones.clock.now(), error_code=30003,
    )  # fmt: skip

    phones.poll()

    [after] = phones.tickets()
    clocks = {name: getattr(after, name) for name in Clocks.__dataclass_fields__}
    assert clocks == {name: getattr(ticket, name) for name in clocks}
