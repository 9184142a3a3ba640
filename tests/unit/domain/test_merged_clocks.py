"""The promises of tickets that are merged and taken apart."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.clocks import Clocks, answer_given, merged, taken_apart
from tests.builders import TUESDAY

DUES = st.none() | st.integers(1, 100).map(lambda hours: TUESDAY + timedelta(hours=hours))
RUNNING = st.builds(lambda notice, answer: Clocks(notice_due_at=notice, answer_due_at=answer), DUES, DUES)


@given(RUNNING, RUNNING)
def test_nothing_is_promised_later_by_a_merge_and_all_is_as_before_when_taken_apart(one: Clocks, two: Clocks) -> None:
    both = merged(one, two)

    assert both.next_due_at == min((due for due in (one.next_due_at, two.next_due_at) if due), default=None)
    apart = taken_apart(both, both, one)
    assert (apart.notice_due_at, apart.answer_due_at) == (one.notice_due_at, one.answer_due_at)


def test_an_answer_that_is_owed_to_the_other_is_owed_though_one_was_given() -> None:
    due_at = TUESDAY + timedelta(hours=5)
    answered = answer_given(Clocks(answer_due_at=TUESDAY), TUESDAY)

    both = merged(answered, Clocks(answer_due_at=due_at))

    assert both.answer_runs
    assert both.answer_due_at == due_at
