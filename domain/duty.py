"""Rota: who is on duty when, who is called next, and in which hours nobody would be. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.alerting import DutySettings, Shift, Way
from domain.ids import PersonId
from domain.instant import STOCKHOLM, as_utc
from domain.open_time import local_date
from domain.person import Person

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `begins_at` (included) to `ends_at` (not included)."""

    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One call: to whom, by what, and which of the calls about the matter it is."""

    number: int
    readers: tuple[Person, ...]
    ways: tuple[Way, ...]
    #: True: each has been called alone, and nobody answered.
    is_everybody: bool


def on_duty(duty: DutySettings, at: datetime) -> tuple[PersonId, ...]:
    """Return who is on duty at an instant, whoever is called first first."""
    today = local_date(at)
    found = [
        person
        for shift in duty.shifts
        for day in (today - _ONE_DAY, today)
        for stretch in _on(shift, day)
        if stretch.begins_at <= at < stretch.ends_at
        for person in shift.who
    ]
    return tuple(dict.fromkeys(found))


def gaps(duty: DutySettings, since: datetime, until: datetime) -> tuple[Stretch, ...]:
    """Return the stretches between two instants in which nobody is on duty, in order."""
    found, reached = [], since
    for stretch in sorted(_stretches(duty, since, until), key=lambda each: each.begins_at):
        if stretch.begins_at > reached:
            found.append(Stretch(reached, min(stretch.begins_at, until)))
        reached = max(reached, stretch.ends_at)
        if reached >= until:
            return tuple(found)
    return (*found, Stretch(reached, until))


def ring_due(
    duty: DutySettings, alone: Sequence[Person], everybody: Sequence[Person], opened_at: datetime, now: datetime
) -> Ring:
    """Return the call that is due by now: each person alone some times, one after the other, then everybody.

    Calls that were due before, and that nobody made, are not made up for: a worker that comes back calls once.

    Args:
        duty: how often, and by what.
        alone: who is called one by one; may be empty.
        everybody: who is called when none of them answers.
        opened_at: when the matter came.
        now: not before `opened_at`.
    """
    number = (now - opened_at) // duty.repeat_every
    if number < len(alone) * duty.tries:
        person, turn = divmod(number, duty.tries)
        return Ring(number=number, readers=(alone[person],), ways=duty.by[: turn + 1], is_everybody=False)
    later = now - opened_at - len(alone) * duty.tries * duty.repeat_every
    number = len(alone) * duty.tries + later // duty.everybody_every
    return Ring(number=number, readers=tuple(everybody), ways=duty.by, is_everybody=True)


def _stretches(duty: DutySettings, since: datetime, until: datetime) -> Iterator[Stretch]:
    day = local_date(since) - _ONE_DAY
    while day <= local_date(until):
        for shift in duty.shifts:
            yield from (each for each in _on(shift, day) if each.ends_at > since and each.begins_at < until)
        day += _ONE_DAY


def _on(shift: Shift, day: date) -> Iterator[Stretch]:
    """Yield the stretch of a shift that begins on a local day, if one does."""
    in_dates = (shift.first is None or shift.first <= day) and (shift.last is None or day <= shift.last)
    if not in_dates or day.weekday() not in shift.days or not shift.who:
        return
    last = day if shift.begins < shift.ends else day + _ONE_DAY
    begins, ends = datetime.combine(day, shift.begins), datetime.combine(last, shift.ends)
    yield Stretch(as_utc(begins.replace(tzinfo=STOCKHOLM)), as_utc(ends.replace(tzinfo=STOCKHOLM)))
