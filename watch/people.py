"""People: nobody answers for an account, or nobody reads it (R52, R56)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.facts import Facts
from domain.open_time import local_date
from domain.person import Absence, Person
from domain.swedish_calendar import is_working_day
from domain.watching import WatchSettings
from watch.said import said_day


def no_manager(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say that an account has no manager of its own or of its unit, or that whoever it was has left."""
    if facts.manager is None:
        return "Kontot har ingen ansvarig chef, och inte heller verksamheten."
    today = local_date(now)
    if facts.manager.has_left(today) and facts.manager.employed_until is not None:
        return f"Den som är ansvarig chef slutade {said_day(facts.manager.employed_until)}."
    return None


def left(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say that everybody who read an account has left."""
    ends = [each.employed_until for each in facts.readers if each.has_left(local_date(now))]
    known = [end for end in ends if end is not None]
    if not facts.readers or len(known) < len(facts.readers):
        return None
    who = "Den som läste kontot" if len(known) == 1 else "Den sista av dem som läste kontot"
    return f"{who} slutade {said_day(max(known))}. Kontot är fortfarande öppet."


def absent(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say that everybody who reads an account is away for long, and that nobody covers."""
    today = local_date(now)
    readers = [each for each in facts.readers if not each.has_left(today)]
    away = [absence for each in readers if (absence := _uncovered(each, facts, settings, today)) is not None]
    if not readers or len(away) < len(readers):
        return None
    # Whoever comes back first ends it.
    ends = [absence.last for absence in away if absence.last is not None]
    until = f"till och med {said_day(min(ends))}" if ends else "tills vidare"
    since = said_day(max(absence.first for absence in away))
    who = "Den som läser kontot" if len(readers) == 1 else "Alla som läser kontot"
    return f"{who} är borta från {since} {until}, och ingen ersätter."


def _uncovered(person: Person, facts: Facts, settings: WatchSettings, today: date) -> Absence | None:
    """Return a long absence in which nobody stands in; None: the person is there, or somebody does.

    Several of them without a working day between are one.
    """
    held = person.absence_on(today)
    if held is None or _is_covered(held, person, facts, today):
        return None
    others = [each for each in person.absences if not _is_covered(each, person, facts, max(today, each.first))]
    whole = _joined(held, others, facts)
    is_short = whole.last is not None and whole.last - whole.first < settings.absent_after
    return None if is_short else whole


def _is_covered(absence: Absence, person: Person, facts: Facts, day: date) -> bool:
    """Ask whether an absence's mail is sent on to where it is watched, or somebody stands in who is there that day."""
    cover = absence.covered_by or person.deputy
    stands_in = facts.people.get(cover) if cover is not None else None
    return facts.is_watched(absence.forwarded_to) or (stands_in is not None and stands_in.is_there(day))


def _joined(absence: Absence, others: Iterable[Absence], facts: Facts) -> Absence:
    """Return an absence with those before and after it that leave no working day between."""
    first, last = absence.first, absence.last
    ordered = sorted(others, key=lambda each: each.first)
    for each in ordered:
        if last is not None and each.first > first and _is_free(facts, last, each.first):
            last = None if each.last is None else max(last, each.last)
    for each in reversed(ordered):
        if each.last is not None and each.first < first and _is_free(facts, each.last, first):
            first = each.first
    return replace(absence, first=first, last=last)


def _is_free(facts: Facts, last: date, first: date) -> bool:
    """Ask whether no working day lies between two days."""
    between = (last + timedelta(days=number) for number in range(1, (first - last).days))
    return not any(is_working_day(facts.calendar, day) for day in between)
