"""Digest: what each manager is told on a working day, in one mail; nothing when there is nothing new to say. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from domain.account import Account
from domain.alerting import Acknowledgement, Told
from domain.finding import Finding
from domain.ids import FindingId, OrganisationId
from domain.instant import STOCKHOLM
from domain.person import Person
from domain.site import Site
from watch.cause import Cause, cause_of
from watch.digest_page import Digest, Item, News, Page, page_of
from watch.digest_units import put_late, put_notes, put_past_review, put_reviews, put_summer
from watch.escalation import counts_from, is_quiet, level, rises_on
from watch.known import AT_ONCE, CLOSED, OVER, Known, steps_of, subject_of
from watch.outage import BOUNCED, ENDED_BY, TOGETHER, parts_of, step_of
from watch.responsible import answering, responsible, technicians_of
from watch.urgency import is_told


def digests(site: Site, organisation: OrganisationId, known: Known, day: date) -> tuple[Digest, ...]:
    """Return the mails of a day about an organisation's accounts and tickets, in the order of their readers' addresses.

    Who has nothing new to hear gets none; who does is reminded of what is still open as well.
    """
    pages: dict[str, Page] = {}
    for finding in known.open:
        account = _account(site, finding)
        if account is not None and finding.organisation == organisation and is_told(finding.kind):
            _put_open(pages, site, known, finding, account, day)
    for cause in known.causes:
        _put_outage(pages, site, organisation, known, cause, day)
    for finding in known.closed:
        if finding.organisation == organisation and is_told(finding.kind):
            _put_closed(pages, site, known, finding)
    put_late(pages, site, organisation, known, day)
    put_summer(pages, site, organisation, known, day)
    put_reviews(pages, site, organisation, known, day)
    put_notes(pages, site, known, day)
    if organisation == site.unit(site.contact_center).organisation:
        put_past_review(pages, site, known, day)
    return tuple(page.digest() for _, page in sorted(pages.items()) if page.tells)


def _account(site: Site, finding: Finding) -> Account | None:
    return site.find_account(finding.account)


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
    pages: dict[str, Page], site: Site, known: Known, finding: Finding, account: Account, day: date
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
    pages: dict[str, Page], site: Site, finding: Finding, account: Account, mine: list[Told], day: date
) -> None:  # fmt: skip
    """Tell the nearest manager, once, of what somebody else mends."""
    for person in responsible(site, account, day)[:1]:
        page, heard = page_of(pages, person), _heard(mine, person)
        page.items.append(Item(finding=finding, news=News.grouped))
        if not heard:
            page.tells.append((subject_of(finding.id), f"{day}/0", finding.id))


def _put_outage(
    pages: dict[str, Page], site: Site, organisation: OrganisationId, known: Known, cause: Cause, day: date
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
    pages: dict[str, Page], item: Item, subject: str, standing: _Standing, mine: list[Told], index: int,
    person: Person,
) -> None:  # fmt: skip
    page, heard = page_of(pages, person), _heard(mine, person)
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


def _put_closed(pages: dict[str, Page], site: Site, known: Known, finding: Finding) -> None:
    mine = [told for told in known.told if told.finding == finding.id]
    for person in _people(site, {told.to for told in mine}):
        if not _heard(mine, person) & {OVER, CLOSED, BOUNCED, *ENDED_BY.values()}:
            page = page_of(pages, person)
            page.items.append(Item(finding=finding, news=News.closed))
            page.tells.append((subject_of(finding.id), CLOSED, finding.id))


def _people(site: Site, addresses: set[str]) -> Iterator[Person]:
    known = {person.email: person for person in site.people}
    yield from (known[address] for address in sorted(addresses) if address in known)


def _day(at: datetime) -> date:
    return at.astimezone(STOCKHOLM).date()
