"""The two clocks: what stops, restarts and moves which, one line of the table each."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.clocks import (
    Clocks,
    answer_bounced,
    answer_given,
    answer_held,
    asked_again,
    counted_anew,
    gone_late,
    notice_bounced,
    notice_given,
    routed,
)
from tests.builders import TUESDAY as NOW

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

RUNNING = Clocks(notice_due_at=NOW + HOUR, answer_due_at=NOW + DAY)
NOTICED = notice_given(RUNNING, NOW)
ANSWERED = answer_given(NOTICED, NOW + HOUR)
SILENT = Clocks()


def test_an_accepted_automatic_reply_stops_the_notice_and_never_the_answer():
    assert (NOTICED.notice_met_at, NOTICED.answer_met_at) == (NOW, None)
    assert (RUNNING.next_due_at, NOTICED.next_due_at) == (NOW + HOUR, NOW + DAY)


def test_an_answer_stops_both():
    clocks = answer_given(RUNNING, NOW)

    assert (clocks.notice_met_at, clocks.answer_met_at, clocks.first_answered_at) == (NOW, NOW, NOW)
    assert clocks.next_due_at is None


def test_what_stopped_first_stands():
    assert notice_given(NOTICED, NOW + HOUR) == NOTICED
    assert answer_given(ANSWERED, NOW + DAY) == ANSWERED
    assert ANSWERED.notice_met_at == NOW


def test_where_no_clock_runs_nothing_stops_one():
    for after in (notice_given(SILENT, NOW), answer_given(SILENT, NOW), notice_bounced(SILENT), gone_late(SILENT, NOW)):
        assert after == SILENT


def test_a_reply_that_came_back_lets_the_notice_run_again_with_its_old_time():
    assert notice_bounced(NOTICED) == RUNNING
    assert notice_bounced(RUNNING) == RUNNING


def test_a_reply_that_came_back_after_the_answer_changes_nothing():
    assert notice_bounced(ANSWERED) == ANSWERED


def test_an_answer_that_did_not_arrive_lets_the_answer_run_again_with_its_old_time():
    assert answer_bounced(ANSWERED) == NOTICED
    assert answer_bounced(NOTICED) == NOTICED


def test_a_later_answer_that_did_not_arrive_leaves_the_first_in_the_figures():
    again = answer_given(asked_again(ANSWERED, NOW + DAY, NOW + 2 * DAY), NOW + DAY + HOUR)

    assert answer_bounced(again).first_answered_at == NOW + HOUR


def test_a_holding_reply_names_a_later_time_and_is_a_notice_too():
    held = answer_held(RUNNING, NOW + 2 * DAY, NOW)

    assert (held.answer_due_at, held.first_answer_due_at, held.notice_met_at) == (NOW + 2 * DAY, NOW + DAY, NOW)
    assert held.answer_met_at is None


def test_of_two_holding_replies_the_very_first_time_is_remembered():
    twice = answer_held(answer_held(RUNNING, NOW + 2 * DAY, NOW), NOW + 3 * DAY, NOW)

    assert twice.first_answer_due_at == NOW + DAY


@pytest.mark.parametrize("clocks", [ANSWERED, SILENT])
def test_nothing_is_held_that_is_not_owed(clocks):
    assert answer_held(clocks, NOW + 2 * DAY, NOW) == clocks


def test_a_time_that_is_no_later_moves_nothing():
    assert answer_held(RUNNING, NOW + DAY, NOW) == RUNNING


def test_what_is_asked_while_an_answer_is_owed_leaves_the_first_promise():
    assert asked_again(NOTICED, NOW + HOUR, NOW + 2 * DAY) == NOTICED


def test_what_is_asked_after_the_answer_starts_its_clock_anew_and_keeps_who_answered_first():
    again = asked_again(ANSWERED, NOW + DAY, NOW + 2 * DAY)

    assert (again.answer_from_at, again.answer_due_at, again.answer_met_at) == (NOW + DAY, NOW + 2 * DAY, None)
    assert again.first_answered_at == NOW + HOUR
    assert again.notice_met_at == NOW
    assert again.next_due_at == NOW + 2 * DAY


def test_a_second_answer_does_not_change_when_the_first_was_given():
    again = answer_given(asked_again(ANSWERED, NOW + DAY, NOW + 2 * DAY), NOW + DAY + HOUR)

    assert (again.answer_met_at, again.first_answered_at) == (NOW + DAY + HOUR, NOW + HOUR)


def test_what_never_had_a_clock_gets_one_when_it_is_asked_again():
    assert asked_again(SILENT, NOW, NOW + DAY).next_due_at == NOW + DAY


def test_routing_keeps_the_notice_and_takes_the_receivers_answer():
    moved = routed(RUNNING, NOW + 2 * DAY)

    assert (moved.notice_due_at, moved.answer_due_at) == (NOW + HOUR, NOW + 2 * DAY)
    assert routed(ANSWERED, NOW + 2 * DAY) == ANSWERED


def test_only_what_runs_is_counted_anew():
    assert counted_anew(RUNNING, NOW, NOW + 3 * DAY) == replace(RUNNING, notice_due_at=NOW, answer_due_at=NOW + 3 * DAY)
    assert counted_anew(NOTICED, NOW, NOW + 3 * DAY) == replace(NOTICED, answer_due_at=NOW + 3 * DAY)
    assert counted_anew(ANSWERED, NOW, NOW + 3 * DAY) == ANSWERED


def test_a_time_that_a_holding_reply_or_a_follow_up_has_set_is_not_counted_anew():
    held = answer_held(NOTICED, NOW + 2 * DAY, NOW)
    again = asked_again(ANSWERED, NOW + DAY, NOW + 2 * DAY)

    assert counted_anew(held, NOW, NOW + 3 * DAY) == held
    assert counted_anew(again, NOW, NOW + 3 * DAY) == again


def test_a_clock_is_late_once_its_time_has_passed_and_noted_once():
    at_the_time = gone_late(RUNNING, NOW + HOUR)
    after = gone_late(RUNNING, NOW + 2 * HOUR)
    later = gone_late(after, NOW + 2 * DAY)

    assert at_the_time == RUNNING
    assert (after.notice_late_at, after.answer_late_at) == (NOW + 2 * HOUR, None)
    assert (later.notice_late_at, later.answer_late_at) == (NOW + 2 * HOUR, NOW + 2 * DAY)
    assert gone_late(later, NOW + 3 * DAY) == later


def test_what_is_counted_anew_may_be_late_no_more():
    late = gone_late(RUNNING, NOW + 2 * DAY)

    later = counted_anew(late, NOW + 3 * DAY, NOW + 3 * DAY)
    same = counted_anew(late, NOW + HOUR, NOW + DAY)

    assert (later.notice_late_at, later.answer_late_at) == (None, None)
    assert same == late


def test_what_was_met_is_never_late():
    assert gone_late(ANSWERED, NOW + 9 * DAY) == ANSWERED


def test_a_restarted_clock_can_be_late_again():
    late = gone_late(RUNNING, NOW + 2 * DAY)

    assert notice_bounced(notice_given(late, NOW + 2 * DAY)).notice_late_at is None
    assert asked_again(answer_given(late, NOW + 3 * DAY), NOW + 4 * DAY, NOW + 5 * DAY).answer_late_at is None
    assert answer_held(late, NOW + 5 * DAY, NOW + 2 * DAY).answer_late_at is None
