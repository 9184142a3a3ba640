"""Escalation: working days counted, and the day on which the next in line is told."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.hours import CalendarSettings
from watch.escalation import late_since, level, rises_on, working_days_between

CALENDAR = CalendarSettings()
days = st.dates(date(2026, 1, 1), date(2027, 6, 30))
spans = st.integers(0, 60)
steps = st.integers(1, 5)


def test_weekends_and_holidays_do_not_count() -> None:
    assert working_days_between(CALENDAR, date(2026, 12, 23), date(2026, 12, 28)) == 1
    assert rises_on(CALENDAR, date(2026, 11, 25), date(2026, 11, 25), 2) == date(2026, 11, 27)


@given(days, spans, steps)
def test_a_matter_rises_on_the_day_it_is_said_to_and_not_before(since: date, span: int, every: int) -> None:
    day = since + timedelta(days=span)
    before = level(CALENDAR, since, day, every)

    rises = rises_on(CALENDAR, since, day, every)

    assert rises > day
    assert level(CALENDAR, since, rises, every) == before + 1
    assert level(CALENDAR, since, rises - timedelta(days=1), every) == before


@given(days, spans)
def test_the_last_date_that_is_so_late_is_so_late_and_the_next_is_not(day: date, working_days: int) -> None:
    last = late_since(CALENDAR, day, working_days)

    assert working_days_between(CALENDAR, last, day) >= working_days
    assert working_days == 0 or working_days_between(CALENDAR, last + timedelta(days=1), day) < working_days
