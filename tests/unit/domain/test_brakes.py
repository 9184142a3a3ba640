"""Brakes: one case that each row holds back, and one that it just lets go."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.brakes import AutomaticReply, BrakeSettings, Family, ReplyHistory, family_of, held_back, window_of
from tests.builders import TUESDAY

NOW = TUESDAY + timedelta(minutes=1)
ANNA, KC, GATA = "anna@example.se", "kontaktcenter@exempelby.example", "gata@exempelby.example"
DAY, WEEK, SECOND = timedelta(hours=24), timedelta(days=7), timedelta(seconds=1)


def sent(ago, template="receipt", mailbox=KC, address=ANNA):
    return AutomaticReply(template=template, address=address, mailbox=mailbox, at=NOW - ago)


def rows(history=None, **changes):
    """Return the numbers of the rows that hold a receipt to Anna back."""
    asked = {
        "template": "receipt",
        "address": ANNA,
        "mailbox": KC,
        "arrived_at": TUESDAY,
        "now": NOW,
        "urgent": False,
        **changes,
    }
    reasons = held_back(BrakeSettings(), history or ReplyHistory(), **asked)
    return [int(reason.row.removeprefix("3.3/")) for reason in reasons]


def history(*to_address, **changes):
    return ReplyHistory(to_address=to_address, **changes)


def test_nothing_before_holds_nothing_back():
    assert rows() == []


def test_row_32_holds_back_what_would_go_to_a_suppressed_address_and_says_why():
    [reason] = held_back(
        BrakeSettings(),
        ReplyHistory(suppressed="hard bounce 2026-11-01"),
        template="receipt",
        address=ANNA,
        mailbox=KC,
        arrived_at=TUESDAY,
        now=NOW,
        urgent=False,
    )

    assert (reason.row, reason.matched) == ("3.3/32", "hard bounce 2026-11-01")


@pytest.mark.parametrize(("suppressed", "held"), [("", [32]), (None, [])])
def test_row_32_holds_back_even_when_no_reason_was_written_down(suppressed, held):
    assert rows(history(suppressed=suppressed)) == held


def test_row_33_holds_back_a_second_receipt_in_the_thread_however_old():
    assert rows(history(thread_receipt=True)) == [33]
    assert rows(history(thread_receipt=False)) == []


@pytest.mark.parametrize(("ago", "held"), [(DAY - SECOND, [33]), (DAY, [])])
def test_row_33_holds_back_a_second_receipt_from_the_mailbox_within_24_hours(ago, held):
    assert rows(history(sent(ago))) == held


def test_row_33_asks_for_the_same_mailbox_and_address_whatever_the_case_of_letters():
    assert rows(history(sent(SECOND, mailbox=GATA))) == []
    assert rows(history(sent(SECOND, address="bo@example.se"))) == []
    assert rows(history(sent(SECOND, mailbox=KC.upper(), address=ANNA.title()))) == [33]


@pytest.mark.parametrize("earlier", ["receipt", "receipt_closed", "receipt_sensitive", "urgent"])
def test_row_33_counts_every_kind_of_receipt_as_the_same(earlier):
    assert rows(history(sent(SECOND, template=earlier))) == [33]


@pytest.mark.parametrize(("ago", "held"), [(WEEK - SECOND, [33]), (WEEK, [])])
def test_row_33_holds_back_a_second_absence_notice_within_seven_days(ago, held):
    before = history(sent(ago, template="absence_notice"))

    assert rows(before, template="closed_notice") == held


def test_row_33_keeps_receipts_and_absence_notices_apart():
    assert rows(history(sent(SECOND, template="closed_notice"))) == []
    assert rows(history(sent(SECOND), thread_receipt=True), template="closed_notice") == []


@pytest.mark.parametrize(("before", "held"), [(5, [34]), (4, [])])
def test_row_34_lets_five_automatic_messages_reach_an_address_in_24_hours(before, held):
    others = [sent(DAY - SECOND, mailbox=f"box{number}@exempelby.example") for number in range(before)]

    assert rows(history(*others, sent(DAY, mailbox=GATA))) == held


@pytest.mark.parametrize(("last_hour", "held"), [(500, [34]), (499, [])])
def test_row_34_stops_everything_when_the_installation_sends_too_much(last_hour, held):
    assert rows(history(installation_last_hour=last_hour)) == held


@pytest.mark.parametrize(("wrote", "held"), [(True, [35]), (False, [])])
def test_row_35_holds_back_in_a_thread_where_a_person_has_written(wrote, held):
    assert rows(history(human_wrote=wrote)) == held


@pytest.mark.parametrize(("answered", "held"), [("flag \\Answered", [36]), ("", [36]), (None, [])])
def test_row_36_holds_back_what_a_person_has_already_answered(answered, held):
    assert rows(history(answered=answered)) == held


@pytest.mark.parametrize(("age", "held"), [(DAY + SECOND, [37]), (DAY, [])])
def test_row_37_holds_back_receipts_for_messages_older_than_24_hours(age, held):
    assert rows(arrived_at=NOW - age) == held


def test_all_rows_that_apply_are_told_in_the_order_of_the_table():
    everything = history(
        *[sent(SECOND)] * 5, suppressed="court order", human_wrote=True, answered="sent item", thread_receipt=True
    )

    assert rows(everything, arrived_at=NOW - 2 * DAY) == [32, 33, 34, 35, 36, 37]


def test_danger_passes_the_window_the_thread_and_the_age():
    before = history(sent(SECOND), thread_receipt=True, human_wrote=True)

    assert rows(before, template="urgent", urgent=True, arrived_at=NOW - 2 * DAY) == []


def test_danger_does_not_pass_suppression_the_circuit_breaker_or_an_answer():
    before = history(*[sent(SECOND, mailbox=GATA)] * 5, suppressed="hard bounce", answered="sent item")

    assert rows(before, template="urgent", urgent=True) == [32, 34, 36]


@pytest.mark.parametrize(("ago", "held"), [(DAY - SECOND, [33, 35, 37]), (DAY, [])])
def test_danger_passes_once_in_24_hours(ago, held):
    before = history(sent(ago, template="urgent"), human_wrote=True)

    assert rows(before, template="urgent", urgent=True, arrived_at=NOW - DAY - SECOND) == held


def test_danger_told_to_another_mailbox_passes_there_too():
    before = history(sent(SECOND, template="urgent", mailbox=GATA), human_wrote=True)

    assert rows(before, template="urgent", urgent=True) == []


def test_the_settings_set_the_windows_and_numbers():
    changed = BrakeSettings(
        receipt_window=timedelta(hours=1),
        closed_window=timedelta(days=1),
        address_per_day=2,
        installation_per_hour=3,
        oldest=timedelta(hours=2),
    )
    before = history(sent(2 * timedelta(hours=1)), installation_last_hour=2)
    asked = {"template": "receipt", "address": ANNA, "mailbox": KC, "now": NOW, "urgent": False}

    free = held_back(changed, before, arrived_at=NOW - timedelta(hours=2), **asked)
    held = held_back(
        changed, replace(before, installation_last_hour=3), arrived_at=NOW - timedelta(hours=2, seconds=1), **asked
    )

    assert free == ()
    assert [reason.row for reason in held] == ["3.3/34", "3.3/37"]


@pytest.mark.parametrize(
    ("template", "urgent", "family", "window"),
    [
        ("receipt", False, Family.receipt, DAY),
        ("absence_notice", False, Family.absence, WEEK),
        ("urgent", True, Family.urgent, DAY),
    ],
)
def test_the_place_that_the_outbox_claims_has_the_window_that_the_brake_uses(template, urgent, family, window):
    found = family_of(template, urgent=urgent)

    assert found is family
    assert window_of(BrakeSettings(), found) == window
