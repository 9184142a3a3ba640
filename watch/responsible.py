"""Responsible: who is told of an account or a unit, nearest first, and who looks after the installation."""

from collections.abc import Iterable, Iterator
from datetime import date

from domain.account import Account
from domain.finding import Finding, FindingKind
from domain.ids import OrganisationId, PersonId, UnitId
from domain.person import Person
from domain.site import Site

#: Whoever looks after the installation is known by an address alone.
ADMINISTRATOR = PersonId("administrator")

#: Faults of the installation: whoever looks after it mends them.
TECHNICAL = frozenset({FindingKind.worker_stalled, FindingKind.alert_bounced})


def responsible(site: Site, account: Account, day: date) -> tuple[Person, ...]:
    """Return who answers for an account on a day: manager, deputy, next level; else the administrator.

    Whoever has left is passed over, and whoever is away gives place to whoever covers. Empty only where the
    configuration names nobody at all.
    """
    unit = site.unit(account.unit)
    next_level = site.organisation(account.organisation).escalation
    return _there(site, (account.manager or unit.manager, account.deputy or unit.deputy, next_level), day)


def responsible_for_unit(site: Site, id: UnitId, day: date) -> tuple[Person, ...]:
    """Return who answers for a unit's tickets on a day, as `responsible`."""
    unit = site.unit(id)
    return _there(site, (unit.manager, unit.deputy, site.organisation(unit.organisation).escalation), day)


def technicians(site: Site, organisation: OrganisationId, day: date) -> tuple[Person, ...]:
    """Return who is told of what is wrong with the installation itself: its administrator, then the next level."""
    next_level = _there(site, (site.organisation(organisation).escalation,), day)
    return tuple(_once((*_administrator(site), *next_level)))


def technicians_of(site: Site, finding: Finding, day: date) -> tuple[Person, ...]:
    """Return who mends what is no fault of an account; where nobody is named, who answers for the account."""
    found = technicians(site, finding.organisation, day)
    return found or responsible(site, site.account(finding.account), day)


def answering(site: Site, finding: Finding, day: date) -> tuple[Person, ...]:
    """Return who is told of a finding, nearest first."""
    if finding.kind in TECHNICAL:
        return technicians_of(site, finding, day)
    return responsible(site, site.account(finding.account), day)


def _there(site: Site, ids: Iterable[PersonId | None], day: date) -> tuple[Person, ...]:
    named = [site.person(id) for id in ids if id is not None]
    present = [each for person in named for each in stands_for(site, person, day)]
    # Of somebody who is away it is better to hear late than that nobody hears.
    still_here = [person for person in named if not person.has_left(day)]
    return tuple(_once(present or tuple(_administrator(site)) or still_here or named))


def stands_for(site: Site, person: Person, day: date) -> Iterator[Person]:
    """Yield the person, or whoever covers while they are away; nobody where neither is there."""
    if person.is_there(day):
        yield person
        return
    cover = person.cover_on(day)
    if cover is not None and site.person(cover).is_there(day):
        yield site.person(cover)


def _administrator(site: Site) -> Iterator[Person]:
    if site.administrator:
        yield Person(id=ADMINISTRATOR, name="", email=site.administrator)


def _once(people: Iterable[Person]) -> Iterator[Person]:
    told: set[str] = set()
    for person in people:
        if person.email not in told:
            told.add(person.email)
            yield person
