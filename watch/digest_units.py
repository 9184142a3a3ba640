"""What a digest says beside findings: late tickets, summer, entries to go through, numbers and handling times. Pure."""

from collections import defaultdict
from datetime import date

from domain.ids import OrganisationId, UnitId
from domain.person import Person
from domain.site import Site
from watch.digest_page import LateItem, Page, page_of
from watch.known import Known
from watch.responsible import responsible, responsible_for_unit
from watch.review import Unreviewed, unreviewed
from watch.summer import summer_subject, unready_units
from watch.unit_notes import past_review


def put_late(
    pages: dict[str, Page], site: Site, organisation: OrganisationId, known: Known, day: date
) -> None:  # fmt: skip
    """Tell whoever answers for a unit of its late tickets, and the next in line of those that stay late."""
    told: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for each in known.told:
        told[each.to].add((each.subject, each.step))
    for unit in (each.id for each in site.units if each.organisation == organisation):
        for step, person in enumerate(responsible_for_unit(site, unit, day)[: len(known.late)]):
            within = person.id in {site.unit(unit).manager, site.unit(unit).deputy}
            late = (known.late if within else known.late_outside)[step].get(unit)
            if late is None:
                continue
            page = page_of(pages, person)
            page.late.append(LateItem(late=late, step=step))
            telling = (late_subject(unit), f"{step}/{late.newest_due_at.isoformat()}")
            if telling not in told[person.email]:
                page.tells.append((*telling, None))


def put_summer(
    pages: dict[str, Page], site: Site, organisation: OrganisationId, known: Known, day: date
) -> None:  # fmt: skip
    """Tell whoever answers for a unit, once before each summer, what is not ready."""
    told = {each.subject for each in known.told}
    for unready in unready_units(site, organisation, day):
        subject = summer_subject(unready.unit, day.year)
        for person in responsible_for_unit(site, unready.unit, day)[:1]:
            if subject not in told:
                page = page_of(pages, person)
                page.summer.append(unready)
                page.tells.append((subject, "0", None))


def put_reviews(
    pages: dict[str, Page], site: Site, organisation: OrganisationId, known: Known, day: date
) -> None:  # fmt: skip
    """Ask whoever answers for accounts, in one line for all of them, to go through what nobody has confirmed (R64)."""
    told = {(each.to, each.subject, each.step) for each in known.told}
    by_reader: dict[str, list[Unreviewed]] = defaultdict(list)
    people: dict[str, Person] = {}
    for each in unreviewed(site, organisation, known.first_read, day):
        for person in responsible(site, each.account, day)[:1]:
            people[person.email] = person
            by_reader[person.email].append(each)
    for reader, due in by_reader.items():
        new = [each for each in due if (reader, each.subject(), each.step(day)) not in told]
        if new:
            page = page_of(pages, people[reader])
            page.reviews += [each.account for each in due]
            page.tells += [(each.subject(), each.step(day), None) for each in new]


def put_notes(pages: dict[str, Page], site: Site, known: Known, day: date) -> None:
    """Tell whoever answers for a unit of its numbers, when they are news."""
    told = {(each.to, each.subject, each.step) for each in known.told}
    for note in known.notes:
        for person in responsible_for_unit(site, note.unit, day)[:1]:
            if (person.email, *note.telling()) not in told:
                page = page_of(pages, person)
                page.notes.append(note)
                page.tells.append((*note.telling(), None))


def put_past_review(pages: dict[str, Page], site: Site, known: Known, day: date) -> None:
    """Tell whoever stands for a handling time, once, that its review date has passed."""
    told = {each.subject for each in known.told}
    for each in past_review(site, day):
        if each.subject not in told and not each.owner.has_left(day):
            page = page_of(pages, each.owner)
            page.past_review.append(each)
            page.tells.append((each.subject, "0", None))


def late_subject(unit: UnitId) -> str:
    """Return how tellings name the late tickets of a unit."""
    return f"unit/{unit}"
