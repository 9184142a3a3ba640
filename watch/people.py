"""People: nobody answers for an account, or nobody reads it (R52, R56)."""

from datetime import date, datetime

from domain.facts import Facts
from domain.open_time import local_date
from domain.person import Absence, Person
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
    """Return a long absence in which nobody stands in; None: the person is there, or somebody does."""
    absence = person.absence_on(today)
    if absence is None or facts.is_watched(absence.forwarded_to):
        return None
    if absence.last is not None and absence.last - absence.first < settings.absent_after:
        return None
    cover = person.cover_on(today)
    stands_in = facts.people.get(cover) if cover is not None else None
    return None if stands_in is not None and stands_in.is_there(today) else absence
