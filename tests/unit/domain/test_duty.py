"""The rota: who is on duty, who is called next, and that no hour without anybody goes unnoticed."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.alerting import DutySettings, Shift, Way
from domain.duty import gaps, on_duty, ring_due
from domain.ids import PersonId
from domain.instant import STOCKHOLM
from domain.person import Person

ELIN, NOEL, VERA = (PersonId(name) for name in ("elin", "noel", "vera"))
#: Monday 23 November 2026, 00:00 in Stockholm.
MONDAY = datetime(2026, 11, 22, 23, tzinfo=UTC)
WEEK = timedelta(weeks=1)
OFFICE = Shift(who=(ELIN, NOEL), days=(0, 1, 2, 3, 4), begins=time(7, 30), ends=time(17))
NIGHTS = Shift(who=(VERA,), days=(0, 1, 2, 3, 4), begins=time(17), ends=time(7, 30))
WEEKENDS = Shift(who=(VERA,), days=(5, 6), begins=time(7, 30), ends=time(7, 30))
WHOLE = DutySettings(shifts=(OFFICE, NIGHTS, WEEKENDS))


def people(*ids: PersonId) -> list[Person]:
    return [Person(id=id, name=id, email=f"{id}@exempelby.example") for id in ids]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=STOCKHOLM).astimezone(UTC)


def test_whoever_stands_first_is_called_first_and_a_night_ends_in_the_morning() -> None:
    assert on_duty(WHOLE, at(24, 12)) == (ELIN, NOEL)
    assert on_duty(WHOLE, at(24, 23)) == (VERA,)
    assert on_duty(WHOLE, at(25, 7, 29)) == (VERA,)
    assert on_duty(WHOLE, at(25, 7, 30)) == (ELIN, NOEL)
    assert on_duty(WHOLE, at(30, 3)) == (VERA,)


def test_dates_say_on_which_days_a_shift_begins() -> None:
    summer = DutySettings(shifts=(Shift(who=(NOEL,), first=date(2026, 11, 25), last=date(2026, 11, 26)),))

    assert [on_duty(summer, at(day, 12)) for day in (24, 25, 26, 27)] == [(), (NOEL,), (NOEL,), ()]


def test_a_rota_that_covers_the_week_has_no_gap() -> None:
    assert gaps(WHOLE, MONDAY + WEEK, MONDAY + 5 * WEEK) == ()


def test_a_forgotten_weekend_is_named() -> None:
    [gap] = gaps(DutySettings(shifts=(OFFICE, NIGHTS)), at(24, 0), at(30, 12))

    assert (gap.begins_at, gap.ends_at) == (at(28, 7, 30), at(30, 7, 30))


def test_a_rota_of_nobody_is_one_gap() -> None:
    [gap] = gaps(DutySettings(), MONDAY, MONDAY + WEEK)

    assert (gap.begins_at, gap.ends_at) == (MONDAY, MONDAY + WEEK)


times = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
shifts = st.builds(
    Shift,
    who=st.sampled_from([(ELIN,), (NOEL, VERA)]),
    days=st.lists(st.integers(0, 6), unique=True, max_size=7).map(lambda days: tuple(sorted(days))),
    begins=times,
    ends=times,
    first=st.none() | st.dates(date(2026, 3, 20), date(2026, 4, 5)),
    last=st.none() | st.dates(date(2026, 3, 25), date(2026, 4, 10)),
)


@given(st.lists(shifts, max_size=5), st.integers(0, 14 * 24 * 60))
def test_an_instant_lies_in_a_gap_exactly_when_nobody_is_on_duty(rota: list[Shift], minutes: int) -> None:
    """Over the change to summer time as well, which lies in the middle."""
    duty = DutySettings(shifts=tuple(rota))
    since = datetime(2026, 3, 22, 12, tzinfo=UTC)
    instant = since + timedelta(minutes=minutes)

    found = gaps(duty, since, since + timedelta(days=15))

    in_gap = any(gap.begins_at <= instant < gap.ends_at for gap in found)
    assert in_gap == (on_duty(duty, instant) == ())


@given(st.integers(0, 4), st.integers(1, 4), st.integers(0, 600))
def test_calls_go_on_for_ever_each_person_alone_and_then_everybody(alone: int, tries: int, minutes: int) -> None:
    duty = DutySettings(tries=tries)
    staff = people(*(PersonId(f"p{number}") for number in range(alone)))
    everybody = people(PersonId("all"))

    ring = ring_due(duty, staff, everybody, MONDAY, MONDAY + timedelta(minutes=minutes))

    turn = minutes // 5
    assert ring.readers
    assert ring.is_everybody == (turn >= alone * tries)
    if not ring.is_everybody:
        assert ring.readers == (staff[turn // tries],)
        assert ring.ways == (Way.sms, Way.email)[: turn % tries + 1]


@given(st.integers(0, 3), st.integers(0, 900), st.integers(0, 900))
def test_a_later_call_never_has_an_earlier_number(alone: int, one: int, other: int) -> None:
    staff, everybody = people(*(PersonId(f"p{number}") for number in range(alone))), people(PersonId("all"))
    earlier, later = sorted((one, other))

    first, second = (
        ring_due(DutySettings(), staff, everybody, MONDAY, MONDAY + timedelta(minutes=minutes)).number
        for minutes in (earlier, later)
    )

    assert first <= second
