"""Promises kept, counted by hand: what is owed, what was in time, and how long it took."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.account import Channel
from domain.ids import AccountId, OrganisationId, UnitId
from domain.indicator import Counted, Promises
from domain.outcome import Outcome
from domain.ticket import TicketStatus
from stats.promises import percentile, promises_of

CAME = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOW = CAME + timedelta(days=30)

COUNTED = Counted(
    organisation=OrganisationId("exempelby"), unit=UnitId("gata"), account=AccountId("gata"), channel=Channel.email,
    status=TicketStatus.open, outcome=None, arrived_at=CAME, closed_at=None, notice_due_at=CAME + HOUR,
    notice_met_at=CAME, answer_due_at=CAME + 8 * HOUR, answer_met_at=None, first_answer_due_at=None,
    first_answered_at=None,
)  # fmt: skip


def ticket(**changes: Any) -> Counted:
    return replace(COUNTED, **changes)


def test_what_went_the_wrong_way_for_a_wrong_contact_is_counted() -> None:
    assert figures(ticket(wrong_contact=True), ticket(), ticket(wrong_contact=True)).wrong_contact == 2


def answered(after: timedelta, **changes: Any) -> Counted:
    return ticket(first_answered_at=CAME + after, answer_met_at=CAME + after, **changes)


def figures(*tickets: Counted, now: datetime = NOW) -> Promises:
    [only] = promises_of(tickets, lambda each, at: at - each.arrived_at, now)
    return only


@pytest.mark.parametrize(
    ("one", "owed", "in_time", "automatic"),
    [
        (ticket(), 1, 1, 1),
        (ticket(notice_met_at=CAME + HOUR), 1, 1, 1),
        (ticket(notice_met_at=CAME + 2 * HOUR), 1, 0, 1),
        (ticket(notice_met_at=None), 1, 0, 0),
        (ticket(notice_met_at=None, notice_due_at=NOW + HOUR), 0, 0, 0),
        (answered(HOUR, notice_met_at=CAME + HOUR), 1, 1, 0),
    ],
    ids=["by machine", "just in time", "late", "never", "not due yet", "the answer was the notice"],
)
def test_a_notice_is_owed_when_it_is_due_or_given(one: Counted, owed: int, in_time: int, automatic: int) -> None:
    found = figures(one)

    assert (found.notices_owed, found.notices_in_time, found.notices_automatic) == (owed, in_time, automatic)


@pytest.mark.parametrize(
    ("one", "owed", "in_time", "late"),
    [
        (answered(HOUR), 1, 1, 0),
        (answered(8 * HOUR), 1, 1, 0),
        (answered(9 * HOUR), 1, 0, 0),
        (ticket(), 1, 0, 1),
        (ticket(answer_due_at=NOW + HOUR), 0, 0, 0),
        (answered(9 * HOUR, first_answer_due_at=CAME + 8 * HOUR, answer_due_at=CAME + 20 * HOUR), 1, 0, 0),
        (ticket(status=TicketStatus.closed, outcome=Outcome.spam, closed_at=CAME + HOUR), 0, 0, 0),
        (ticket(status=TicketStatus.closed, outcome=Outcome.helped, closed_at=CAME + HOUR), 1, 1, 0),
        (ticket(status=TicketStatus.closed, closed_at=CAME + HOUR), 0, 0, 0),
    ],
    ids=[
        "in time", "just in time", "late", "never", "not due yet", "later than the first promise", "spam",
        "by telephone", "moved by somebody in the mailbox",
    ],
)  # fmt: skip
def test_an_answer_is_owed_when_it_is_due_or_given(one: Counted, owed: int, in_time: int, late: int) -> None:
    found = figures(one)

    assert (found.answers_owed, found.answered_in_time, found.open_late) == (owed, in_time, late)


def test_the_middle_and_the_slowest_of_the_open_times_are_told() -> None:
    found = figures(*(answered(hours * HOUR) for hours in range(1, 21)), ticket())

    assert found.received == 21
    assert found.answered == 20
    assert found.median_open_time == timedelta(hours=10, minutes=30)
    assert found.p95_open_time == 19 * HOUR
    assert not found.is_few


def test_months_units_and_channels_are_told_apart_and_a_month_begins_at_swedish_midnight() -> None:
    last_of_november = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
    tickets = [
        ticket(arrived_at=last_of_november), ticket(arrived_at=last_of_november + timedelta(minutes=1)),
        ticket(unit=UnitId("kontaktcenter")), ticket(channel=Channel.sms),
    ]  # fmt: skip

    found = promises_of(tickets, lambda each, at: None, NOW)

    assert [(each.month, each.unit, each.channel, each.received) for each in found] == [
        (date(2026, 11, 1), "gata", "email", 1),
        (date(2026, 11, 1), "gata", "sms", 1),
        (date(2026, 11, 1), "kontaktcenter", "email", 1),
        (date(2026, 12, 1), "gata", "email", 1),
    ]
    assert found[0].median_open_time is None
    assert found[0].is_few


@given(st.lists(st.integers(0, 10_000), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_one_of_the_values_and_so_large_a_share_does_not_exceed_it(
    minutes: list[int], share: float
) -> None:
    values = [timedelta(minutes=each) for each in minutes]

    found = percentile(values, share)

    assert found in values
    assert sum(each <= found for each in values) >= share * len(values)


@given(st.lists(st.sampled_from([ticket(), answered(HOUR), answered(9 * HOUR), ticket(outcome=Outcome.spam)])))
def test_no_part_is_larger_than_its_whole(tickets: list[Counted]) -> None:
    within: Callable[[Promises], bool] = lambda each: (  # noqa: E731
        each.answered_in_time <= each.answers_owed <= each.received
        and each.notices_in_time <= each.notices_owed <= each.received
    )

    assert all(within(each) for each in promises_of(tickets, lambda each, at: at - each.arrived_at, NOW))
