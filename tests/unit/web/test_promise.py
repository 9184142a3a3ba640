"""The promise: which clock runs, how it stands, and what stopped it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.account import Channel
from domain.category import Secrecy, Urgency
from domain.decision import Queue
from domain.ids import AccountId, CategoryId, OrganisationId, OutgoingId, TicketId, UnitId
from domain.outgoing import OutgoingKind, SendState
from domain.ticket import Ticket, TicketStatus
from store.sent import StoredOutgoing
from tests.builders import TUESDAY as NOW
from web.promise import PromiseState, both_promises, first_promise
from web.queue_rows import version_of
from web.words import words_of

SWEDISH = words_of("sv")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def ticket(**changes: object) -> Ticket:
    """Return a ticket with both clocks running."""
    base = Ticket(
        id=TicketId(1), number="26-00001", organisation=OrganisationId("exempelby"), unit=UnitId("gata"),
        account=AccountId("kontaktcenter"), channel=Channel.email, status=TicketStatus.open, queue=Queue.normal,
        needs_a_look=False, look_reason="", category=CategoryId("gata"), language="sv", urgency=Urgency.U2,
        secrecy=Secrecy.SK0, subject="Hål", sender_name="Anna", sender_address="anna@example.se", arrived_at=NOW,
        notice_due_at=NOW + 90 * MINUTE, answer_due_at=NOW + DAY, notice_met_at=None, answer_met_at=None,
        calendar="1", assignee=None,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def receipt(state: SendState) -> StoredOutgoing:
    """Return an automatic reply."""
    return StoredOutgoing(
        id=OutgoingId(1), organisation=OrganisationId("exempelby"), kind=OutgoingKind.receipt, state=state,
        account=AccountId("kontaktcenter"),
        ticket=TicketId(1), finding=None, message_id="<1@x>", recipient="anna@example.se", subject="", text="",
        language="sv", template="receipt", created_at=NOW, sent_at=NOW, why="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("due", "state"),
    [
        (NOW - MINUTE, PromiseState.late),
        (NOW, PromiseState.soon),
        (NOW + MINUTE, PromiseState.soon),
        (NOW + 59 * MINUTE, PromiseState.soon),
        (NOW + 60 * MINUTE, PromiseState.later),
        (None, PromiseState.none),
    ],
)
def test_a_promise_is_late_soon_later_or_none(due: datetime | None, state: PromiseState) -> None:
    shown = first_promise(ticket(notice_due_at=due, answer_due_at=due), NOW, SWEDISH)

    assert shown.state is state


def test_the_answer_is_next_when_the_notice_has_been_given() -> None:
    before = first_promise(ticket(), NOW, SWEDISH)
    after = first_promise(ticket(notice_met_at=NOW), NOW, SWEDISH)

    assert (before.which, after.which) == ("besked", "svar")


def test_an_automatic_reply_is_named_as_what_stopped_the_notice_clock() -> None:
    notice, answer = both_promises(ticket(notice_met_at=NOW + MINUTE), [receipt(SendState.sent)], NOW, SWEDISH)

    assert (notice.state, notice.text, notice.note) == (
        PromiseState.kept,
        "gavs tis 24 nov 09.13",
        "automatiskt svar",
    )
    assert (answer.text, answer.is_next, notice.is_next) == ("senast ons 25 nov 09.12", True, False)


def test_a_notice_without_an_automatic_reply_was_given_by_a_person() -> None:
    notice, _ = both_promises(ticket(notice_met_at=NOW), [receipt(SendState.shadow)], NOW, SWEDISH)

    assert notice.note == "av en medarbetare"


def test_a_notice_that_came_too_late_says_so() -> None:
    late = ticket(notice_met_at=NOW + 100 * MINUTE)

    notice, _ = both_promises(late, [receipt(SendState.sent)], NOW, SWEDISH)

    assert notice.note == "automatiskt svar, för sent"


def test_an_answer_that_was_moved_by_a_holding_reply_names_what_was_promised_first() -> None:
    _, answer = both_promises(ticket(answer_due_at=NOW + 2 * DAY, first_answer_due_at=NOW + DAY), [], NOW, SWEDISH)

    assert (answer.text, answer.note) == ("senast tors 26 nov 09.12", "först lovat ons 25 nov 09.12")


def test_no_clock_runs_for_what_promises_nothing() -> None:
    shown = both_promises(ticket(notice_due_at=None, answer_due_at=None), [], NOW, SWEDISH)

    assert [(each.state, each.is_next) for each in shown] == [(PromiseState.none, False)] * 2


def test_the_lists_version_changes_with_its_tickets_and_with_each_minute() -> None:
    first = version_of([ticket()], {}, NOW)

    assert version_of([ticket()], {}, NOW + timedelta(seconds=20)) == first
    assert version_of([ticket()], {}, NOW + MINUTE) != first
    assert version_of([ticket(notice_met_at=NOW)], {}, NOW) != first
