"""Digest: what each manager is told on a working day, in one mail; nothing when there is nothing new to say. Pure."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from domain.account import Account
from domain.alerting import Acknowledgement, Late, Told
from domain.finding import Finding
from domain.ids import FindingId, OrganisationId, UnitId
from domain.instant import STOCKHOLM
from domain.person import Person
from domain.site import Site
from watch.cause import Cause, cause_of
from watch.escalation import counts_from, is_quiet, level, rises_on
from watch.known import AT_ONCE, CLOSED, OVER, Known, steps_of, subject_of
from watch.outage import BOUNCED, ENDED_BY, TOGETHER, parts_of, step_of
from watch.responsible import answering, responsible, responsible_for_unit, technicians_of
from watch.review import Unreviewed, unreviewed
from watch.summer import Unready, summer_subject, unready_units
from watch.unit_notes import PastReview, UnitNote, past_review
from watch.urgency import is_told


class News(StrEnum):
    """What is new about a finding to its reader; in the order of the mail."""

    new = "new"
    #: Somebody nearer was told and has not acted.
    risen = "risen"
    #: It has come a step further, and was told of before.
    sharper = "sharper"
    #: It was acknowledged until a date that has passed.
    again = "again"
    still = "still"
    #: Somebody else mends it.
    grouped = "grouped"
    closed = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One finding in a digest."""

    finding: Finding
    news: News
    #: It is told of for all accounts that it hits, to who mends it.
    cause: Cause | None = None
    #: Who was told before its reader, and when; None: nobody nearer was.
    before: Person | None = None
    told_on: date | None = None
    #: Who is told next, and when, if nothing happens; None: nobody is left.
    next: Person | None = None
    rises_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateItem:
    """A unit's late tickets in a digest."""

    late: Late
    #: How many steps up its reader stands.
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One mail to one person about one organisation."""

    person: Person
    items: tuple[Item, ...] = ()
    late: tuple[LateItem, ...] = ()
    #: The units that are not ready for the summer.
    summer: tuple[Unready, ...] = ()
    #: The accounts whose contact entries are to be gone through, longest due first.
    reviews: tuple[Account, ...] = ()
    #: Numbers about units, and handling times that are used no longer.
    notes: tuple[UnitNote, ...] = ()
    past_review: tuple[PastReview, ...] = ()
    #: What is new to them by it: subject, step and finding.
    tells: tuple[tuple[str, str, FindingId | None], ...] = ()


def digests(site: Site, organisation: OrganisationId, known: Known, day: date) -> tuple[Digest, ...]:
    """Return the mails of a day about an organisation's accounts and tickets, in the order of their readers' addresses.

    Who has nothing new to hear gets none; who does is reminded of what is still open as well.
    """
    pages: dict[str, _Page] = {}
    for finding in known.open:
        account = _account(site, finding)
        if account is not None and finding.organisation == organisation and is_told(finding.kind):
            _put_open(pages, site, known, finding, account, day)
    for cause in known.causes:
        _put_outage(pages, site, organisation, known, cause, day)
    for finding in known.closed:
        if finding.organisation == organisation and is_told(finding.kind):
            _put_closed(pages, site, known, finding)
    _put_late(pages, site, organisation, known, day)
    _put_summer(pages, site, organisation, known, day)
    _put_reviews(pages, site, organisation, known, day)
    _put_notes(pages, site, known, day)
    if organisation == site.unit(site.contact_center).organisation:
        _put_past_review(pages, site, known, day)
    return tuple(page.digest() for _, page in sorted(pages.items()) if page.tells)


@dataclass(slots=True)
class _Page:
    person: Person
    items: list[Item] = field(default_factory=list)
    late: list[LateItem] = field(default_factory=list)
    summer: list[Unready] = field(default_factory=list)
    reviews: list[Account] = field(default_factory=list)
    notes: list[UnitNote] = field(default_factory=list)
    past_review: list[PastReview] = field(default_factory=list)
    tells: list[tuple[str, str, FindingId | None]] = field(default_factory=list)

    def digest(self) -> Digest:
        order = list(News)
        items = sorted(self.items, key=lambda item: (order.index(item.news), item.finding.opened_at, item.finding.id))
        return Digest(
            person=self.person, items=tuple(items), late=tuple(self.late), summer=tuple(self.summer),
            reviews=tuple(self.reviews), notes=tuple(self.notes),
            past_review=tuple(self.past_review), tells=tuple(self.tells),
        )  # fmt: skip


def _page(pages: dict[str, _Page], person: Person) -> _Page:
    return pages.setdefault(person.email, _Page(person))


def _account(site: Site, finding: Finding) -> Account | None:
    return next((account for account in site.accounts if account.id == finding.account), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """How far a finding has risen."""

    chain: tuple[Person, ...]
    since: date
    level: int
    rises_on: date
    woke: bool
    first_told: date | None
    #: When it last came a step further, as the steps of tellings name it; empty: never.
    stage: str = ""


def _put_open(
    pages: dict[str, _Page], site: Site, known: Known, finding: Finding, account: Account, day: date
) -> None:  # fmt: skip
    acknowledged = known.acknowledgement(finding)
    if is_quiet(acknowledged, day):
        return
    mine = [told for told in known.told if told.subject == subject_of(finding.id)]
    if cause_of(known.causes, finding) is not None:
        _put_grouped(pages, site, finding, account, mine, day)
        return
    standing = _standing(site, account, answering(site, finding, day), acknowledged, mine, day, finding.sharpened_at)
    for index, person in enumerate(standing.chain[: standing.level + 1]):
        item = Item(finding=finding, news=News.new)
        _put_turn(pages, item, subject_of(finding.id), standing, mine, index, person)


def _put_grouped(
    pages: dict[str, _Page], site: Site, finding: Finding, account: Account, mine: list[Told], day: date
) -> None:  # fmt: skip
    """Tell the nearest manager, once, of what somebody else mends."""
    for person in responsible(site, account, day)[:1]:
        page, heard = _page(pages, person), _heard(mine, person)
        page.items.append(Item(finding=finding, news=News.grouped))
        if not heard:
            page.tells.append((subject_of(finding.id), f"{day}/0", finding.id))


def _put_outage(
    pages: dict[str, _Page], site: Site, organisation: OrganisationId, known: Known, cause: Cause, day: date
) -> None:
    """Let an outage rise as a single finding does, among those who mend it; they acknowledge its first finding."""
    own = [each for each in known.open if each.organisation == organisation]
    first = next(iter(parts_of(cause, own, steps_of(known.told))), None)
    if first is None:
        return
    acknowledged = known.acknowledgement(first)
    if is_quiet(acknowledged, day):
        return
    subject = outage_subject(first.id)
    told_of = {(subject_of(first.id), step_of(cause))}
    mine = [told for told in known.told if told.subject == subject or (told.subject, told.step) in told_of]
    chain = technicians_of(site, first, day)
    standing = _standing(site, site.account(first.account), chain, acknowledged, mine, day, first.sharpened_at)
    for index, person in enumerate(standing.chain[: standing.level + 1]):
        item = Item(finding=first, news=News.new, cause=cause)
        _put_turn(pages, item, subject, standing, mine, index, person)


def outage_subject(first: FindingId) -> str:
    """Return how tellings name an outage that rises: by the first of its findings."""
    return f"outage/{first}"


def _standing(
    site: Site, account: Account, chain: tuple[Person, ...], acknowledged: Acknowledgement | None, mine: list[Told],
    day: date, sharpened_at: datetime | None = None,
) -> _Standing:  # fmt: skip
    calendar, every = site.calendar_of(account.organisation), site.alerts.escalate_after
    first_told = min((_day(told.at) for told in mine), default=None)
    since = counts_from(acknowledged, first_told, day)
    return _Standing(
        chain=chain,
        since=since,
        level=level(calendar, since, day, every),
        rises_on=rises_on(calendar, since, day, every),
        woke=acknowledged is not None,
        first_told=first_told,
        stage="" if sharpened_at is None else f"/{_day(sharpened_at)}",
    )


def _put_turn(
    pages: dict[str, _Page], item: Item, subject: str, standing: _Standing, mine: list[Told], index: int,
    person: Person,
) -> None:  # fmt: skip
    page, heard = _page(pages, person), _heard(mine, person)
    turn = standing.level - index
    step = f"{standing.since}/{turn}{standing.stage}"
    is_next = standing.level + 1 < len(standing.chain)
    page.items.append(
        replace(
            item,
            news=_news(heard, step, standing, index),
            before=standing.chain[index - 1] if index else None,
            told_on=standing.first_told,
            next=standing.chain[standing.level + 1] if is_next else None,
            rises_on=standing.rises_on if is_next else None,
        )
    )
    told_at_once = turn == 0 and heard & {AT_ONCE, *TOGETHER} and not standing.woke and not standing.stage
    if step not in heard and not told_at_once:
        page.tells.append((subject, step, item.finding.id))


def _news(heard: frozenset[str], step: str, standing: _Standing, index: int) -> News:
    if not heard:
        return News.risen if index else News.new
    if standing.stage and not any(each.endswith(standing.stage) for each in heard):
        return News.sharper
    return News.again if standing.woke and step not in heard and "/0" in step else News.still


def _heard(mine: list[Told], person: Person) -> frozenset[str]:
    return frozenset(told.step for told in mine if told.to == person.email)


def _put_closed(pages: dict[str, _Page], site: Site, known: Known, finding: Finding) -> None:
    mine = [told for told in known.told if told.finding == finding.id]
    for person in _people(site, {told.to for told in mine}):
        if not _heard(mine, person) & {OVER, CLOSED, BOUNCED, *ENDED_BY.values()}:
            page = _page(pages, person)
            page.items.append(Item(finding=finding, news=News.closed))
            page.tells.append((subject_of(finding.id), CLOSED, finding.id))


def _people(site: Site, addresses: set[str]) -> Iterator[Person]:
    known = {person.email: person for person in site.people}
    yield from (known[address] for address in sorted(addresses) if address in known)


def _put_late(
    pages: dict[str, _Page], site: Site, organisation: OrganisationId, known: Known, day: date
) -> None:  # fmt: skip
    told: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for each in known.told:
        told[each.to].add((each.subject, each.step))
    for unit in (each.id for each in site.units if each.organisation == organisation):
        for step, person in enumerate(responsible_for_unit(site, unit, day)[: len(known.late)]):
            within = person.id in {site.unit(unit).manager, site.unit(unit).deputy}
            late = (known.late if within else known.late_outside)[step].get(unit)
            if late is None:
                continue
            page = _page(pages, person)
            page.late.append(LateItem(late=late, step=step))
            telling = (late_subject(unit), f"{step}/{late.newest_due_at.isoformat()}")
            if telling not in told[person.email]:
                page.tells.append((*telling, None))


def _put_summer(
    pages: dict[str, _Page], site: Site, organisation: OrganisationId, known: Known, day: date
) -> None:  # fmt: skip
    """Tell whoever answers for a unit, once before each summer, what is not ready."""
    told = {each.subject for each in known.told}
    for unready in unready_units(site, organisation, day):
        subject = summer_subject(unready.unit, day.year)
        for person in responsible_for_unit(site, unready.unit, day)[:1]:
            if subject not in told:
                page = _page(pages, person)
                page.summer.append(unready)
                page.tells.append((subject, "0", None))


def _put_reviews(
    pages: dict[str, _Page], site: Site, organisation: OrganisationId, known: Known, day: date
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
            page = _page(pages, people[reader])
            page.reviews += [each.account for each in due]
            page.tells += [(each.subject(), each.step(day), None) for each in new]


def _put_notes(pages: dict[str, _Page], site: Site, known: Known, day: date) -> None:
    """Tell whoever answers for a unit of its numbers, when they are news."""
    told = {(each.to, each.subject, each.step) for each in known.told}
    for note in known.notes:
        for person in responsible_for_unit(site, note.unit, day)[:1]:
            if (person.email, *note.telling()) not in told:
                page = _page(pages, person)
                page.notes.append(note)
                page.tells.append((*note.telling(), None))


def _put_past_review(pages: dict[str, _Page], site: Site, known: Known, day: date) -> None:
    """Tell whoever stands for a handling time, once, that its review date has passed."""
    told = {each.subject for each in known.told}
    for each in past_review(site, day):
        if each.subject not in told and not each.owner.has_left(day):
            page = _page(pages, each.owner)
            page.past_review.append(each)
            page.tells.append((each.subject, "0", None))


def late_subject(unit: UnitId) -> str:
    """Return how tellings name the late tickets of a unit."""
    return f"unit/{unit}"


def _day(at: datetime) -> date:
    return at.astimezone(STOCKHOLM).date()
