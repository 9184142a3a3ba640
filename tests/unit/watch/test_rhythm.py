"""Rhythm: what is learned of an account's weeks, and from when on silence is not normal."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.hours import CalendarSettings
from domain.instant import STOCKHOLM
from domain.swedish_calendar import is_working_day
from domain.watching import QuietPeriod, WatchSettings
from tests.builders import schedule
from watch.rhythm import Rhythm, learn, share_of, silent_from, usual_a_day

CALENDAR = CalendarSettings()
SETTINGS = WatchSettings()
OFFICE = schedule("kontor", "08:00", "16:30")
#: A Friday after which nothing special happens for weeks.
UNTIL = date(2026, 3, 13)


def regular(a_day: int, *, weeks: int = 12, until: date = UNTIL) -> list[tuple[datetime, int]]:
    """Return the hours of a mailbox to which as many come every working day, one each hour from nine."""
    return [(at, 1) for day in working_days(until - timedelta(weeks=weeks), until) for at in hours(day, a_day)]


def working_days(first: date, last: date) -> Iterator[date]:
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return (day for day in every if is_working_day(CALENDAR, day))


def hours(day: date, count: int) -> list[datetime]:
    return [local(day, 9 + number) for number in range(count)]


def local(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), STOCKHOLM).astimezone(UTC)


def learned(a_day: int, **changes: object) -> Rhythm:
    came = regular(a_day, **changes)  # type: ignore[arg-type]
    rhythm = learn(came, came[0][0], came[-1][0], CALENDAR, SETTINGS)
    assert rhythm is not None
    return rhythm


def alarm(rhythm: Rhythm, last_at: datetime, settings: WatchSettings = SETTINGS) -> datetime:
    found = silent_from(rhythm, last_at, OFFICE, CALENDAR, settings)
    assert found is not None
    return found


def test_weekdays_hours_and_amounts_are_learned() -> None:
    rhythm = learned(6)

    # Christmas lies in these weeks, and was no quieter than the rest.
    assert all(abs(each - 6) < 1.6 for each in rhythm.days[:5])
    assert rhythm.days[5:] == (0, 0)
    assert sum(rhythm.working_hours) == pytest.approx(1, abs=0.01)
    assert rhythm.working_hours[3] == 0
    assert usual_a_day(rhythm) == pytest.approx(6, abs=0.4)


def test_too_little_teaches_nothing() -> None:
    few = regular(1, weeks=3)
    short = regular(9, weeks=2)

    assert learn(few, few[0][0], few[-1][0], CALENDAR, SETTINGS) is None
    assert learn(short, short[0][0], short[-1][0], CALENDAR, SETTINGS) is None


def test_what_was_learned_comes_back_from_the_store() -> None:
    rhythm = learned(6)

    assert Rhythm.from_json(rhythm.to_json()) == rhythm


def test_the_busier_an_account_the_sooner_its_silence_is_noticed() -> None:
    last_at = local(UNTIL, 14)

    alarms = [alarm(learned(a_day), last_at) for a_day in (1, 3, 8)]

    assert alarms == sorted(alarms, reverse=True)
    assert local(date(2026, 3, 16), 8) <= alarms[-1] <= local(date(2026, 3, 17), 16)
    assert alarms[0] <= local(date(2026, 4, 20), 16)


def test_nights_and_weekends_are_not_silence() -> None:
    friday_evening = local(UNTIL, 17)

    found = alarm(learned(8), friday_evening)

    assert found > local(date(2026, 3, 16), 9)


def test_silence_begins_no_sooner_than_a_few_open_hours() -> None:
    patient = replace(SETTINGS, silent_at_least=timedelta(hours=30))

    assert alarm(learned(8), local(UNTIL, 14), patient) >= local(date(2026, 3, 18), 15)


def test_red_days_are_sundays() -> None:
    before_easter = local(date(2026, 4, 2), 12)

    found = alarm(learned(6, until=date(2026, 4, 1)), before_easter)

    assert found > local(date(2026, 4, 7), 9)


def test_in_summer_and_at_christmas_silence_may_last_longer() -> None:
    rhythm, last_at = learned(3), local(UNTIL, 14)
    quiet = replace(SETTINGS, quiet_periods=(QuietPeriod(first=(3, 1), last=(4, 30), share=0.3),))

    assert alarm(rhythm, last_at, quiet) > alarm(rhythm, last_at) + timedelta(days=2)


def test_a_lull_before_the_silence_makes_it_less_of_a_surprise() -> None:
    came = regular(4)
    lull = [each for each in came if each[0] < local(date(2026, 3, 2), 0) or each[0].hour == 8]
    rhythm = learn(lull, lull[0][0], lull[-1][0], CALENDAR, SETTINGS)

    assert rhythm is not None
    assert rhythm.lately < 0.6
    assert alarm(rhythm, local(UNTIL, 14)) > alarm(learned(4), local(UNTIL, 14))


def test_of_an_account_to_which_hardly_anything_comes_nobody_can_tell() -> None:
    rhythm = replace(learned(1), days=(0.01,) * 7)

    assert silent_from(rhythm, local(UNTIL, 14), OFFICE, CALENDAR, SETTINGS) is None


def test_a_working_day_between_free_days_is_quiet() -> None:
    assert share_of(date(2026, 5, 15), CALENDAR, SETTINGS) < 0.5
    assert share_of(date(2026, 5, 12), CALENDAR, SETTINGS) == 1.0


def test_a_quiet_period_may_go_over_new_year() -> None:
    christmas = QuietPeriod(first=(12, 20), last=(1, 7), share=0.2)

    days = (date(2026, 12, 19), date(2026, 12, 20), date(2027, 1, 7), date(2027, 1, 8))
    held = [christmas.holds_on(day) for day in days]

    assert held == [False, True, True, False]


RATES = st.floats(min_value=0.02, max_value=2)


@given(RATES, RATES, st.integers(min_value=1, max_value=8))
def test_the_fewer_false_alarms_are_wanted_the_later_the_alarm(one: float, other: float, a_day: int) -> None:
    rhythm, last_at = _KNOWN[a_day], local(UNTIL, 14)
    fewer, more = sorted((one, other))

    alarms = [
        silent_from(rhythm, last_at, OFFICE, CALENDAR, replace(SETTINGS, false_alarms_per_year=each))
        for each in (more, fewer)
    ]

    never = datetime.max.replace(tzinfo=UTC)
    assert all(earlier <= later for earlier, later in pairwise(each or never for each in alarms))


_KNOWN = {a_day: learned(a_day) for a_day in range(1, 9)}
