"""Summer: what should be ready before people go on leave, told once a year (domain.md R58). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.hours import Schedule
from domain.ids import OrganisationId, UnitId
from domain.organisation import Unit
from domain.site import Site

#: Month and day from which, and until which, it is told: there is time to mend it before the leaves begin.
TOLD_FROM, TOLD_UNTIL = (5, 15), (6, 15)

#: Month and day between which other opening hours are looked for.
SUMMER_FROM, SUMMER_UNTIL = (6, 1), (8, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unready:
    """A unit that is not ready for the summer."""

    unit: UnitId
    #: Nobody stands in for its manager.
    no_deputy: bool
    #: Its opening hours are the same all summer, as far as the settings say.
    same_hours: bool


def unready_units(site: Site, organisation: OrganisationId, day: date) -> tuple[Unready, ...]:
    """Return the units of an organisation that are to be looked over now; none at other times of the year."""
    if not _on(day.year, TOLD_FROM) <= day <= _on(day.year, TOLD_UNTIL):
        return ()
    return tuple(_unready(site, organisation, day.year))


def summer_subject(unit: UnitId, year: int) -> str:
    """Return how tellings name what was said of a unit before a summer."""
    return f"summer/{year}/{unit}"


def _unready(site: Site, organisation: OrganisationId, year: int) -> Iterator[Unready]:
    for unit in site.units:
        if unit.organisation != organisation:
            continue
        same_hours = not any(_differs(each, year) for each in _hours(site, unit))
        found = Unready(unit=unit.id, no_deputy=unit.deputy is None, same_hours=same_hours)
        if found.no_deputy or found.same_hours:
            yield found


def _hours(site: Site, unit: Unit) -> Iterator[Schedule]:
    wanted = {unit.schedule, *(schedule for _, schedule in unit.channel_schedules)}
    yield from (each for each in site.schedules if each.id in wanted)


def _differs(schedule: Schedule, year: int) -> bool:
    """Ask whether the summer has hours of its own, as an exception or as a week that begins or ends in it."""
    first, last = _on(year, SUMMER_FROM), _on(year, SUMMER_UNTIL)
    turns = [turn for each in schedule.weekly for turn in (each.valid_from, each.valid_to) if turn is not None]
    return any(each.first <= last and each.last >= first for each in schedule.exceptions) or any(
        first <= turn <= last for turn in turns
    )


def _on(year: int, month_and_day: tuple[int, int]) -> date:
    return date(year, *month_and_day)
