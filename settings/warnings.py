"""Warnings: what is right in a configuration today and will not be, or is no longer used; nothing is refused."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from domain.account import Account, AccountStatus
from domain.alerting import Way
from domain.category import CategoryKind
from domain.duty import gaps
from domain.instant import STOCKHOLM, as_utc
from domain.phone import normal_number
from domain.rule_reach import find_unreachable
from domain.site import Site

#: So long before a review is due it is spoken of.
REVIEW_SOON = timedelta(days=30)

#: So far ahead hours without anybody on duty are looked for.
LOOKED_AHEAD = timedelta(weeks=4)


def warnings_of(site: Site, today: date) -> tuple[str, ...]:
    """Return a sentence for each thing that somebody should look at."""
    return (
        *_reviews(site, today),
        *warnings_of_rules(site),
        *_links(site),
        *_nobody(site, today),
        *_on_duty(site, today),
    )


def warnings_of_rules(site: Site) -> tuple[str, ...]:
    """Return a sentence for each rule that can never hit, and for danger that nobody is told of."""
    return tuple([f"rules.toml: {each.why}." for each in find_unreachable(site)] + [*_untold(site)])


def _nobody(site: Site, today: date) -> Iterator[str]:
    """Tell of hours without anybody on duty, of links that lead nowhere, and of accounts whose alerts reach nobody."""
    since = as_utc(datetime.combine(today, time(0), tzinfo=STOCKHOLM))
    holes = gaps(site.duty, since, since + LOOKED_AHEAD) if site.duty.shifts else ()
    if holes:
        first = holes[0]
        begins, ends = (f"{each.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}" for each in (first.begins_at, first.ends_at))
        more = f" and {len(holes) - 1} more times within four weeks" if len(holes) > 1 else ""
        yield f"site.toml [duty] shifts: nobody is on duty from {begins} to {ends}{more}: add a shift."
    if site.alerts.link_secret and not site.public_address:
        yield "site.toml public_address: is missing, so that alerts carry no links: write where the pages are reached."
    unheard = [each.id for each in site.accounts if not _has_anybody(site, each)]
    if unheard:
        yield f"site.toml administrator: is missing, so that alerts about {', '.join(unheard)} reach nobody: name one."


def _has_anybody(site: Site, account: Account) -> bool:
    unit, organisation = site.unit(account.unit), site.organisation(account.organisation)
    named = (account.manager, unit.manager, account.deputy, unit.deputy, organisation.escalation)
    return bool(site.administrator) or account.status is AccountStatus.closed or any(named)


def _on_duty(site: Site, today: date) -> Iterator[str]:
    """Tell of people of the rota who cannot be called: without a number, not there, and covered by nobody."""
    until = today + LOOKED_AHEAD
    by_sms = Way.sms in site.duty.by and site.second_way.sms is not None
    for id in dict.fromkeys(id for shift in site.duty.shifts for id in shift.who):
        person = site.person(id)
        where = f"people.toml [people.{id}]"
        if by_sms and normal_number(person.phone) is None:
            yield f"{where} phone: is on duty and has no number, so that no SMS reaches them: write one."
        if person.employed_until is not None and person.has_left(until):
            yield f"{where} employed_until: is on duty and leaves on {person.employed_until}: change the shifts."
        for each in person.absences:
            is_soon = each.first <= until and (each.last is None or each.last >= today)
            if is_soon and each.covered_by is None and person.deputy is None:
                yield f"{where} absences: is on duty and away from {each.first}, and nobody covers: name covered_by."


def _links(site: Site) -> Iterator[str]:
    """Tell of links in texts for citizens that lead away from our own pages (domain.md 7.3, 7.6)."""
    for where, url in _urls(site):
        if url and not site.is_own_page(url):
            yield f"{where}: {url} is no page of ours: link to one under our domains, with https."


def _urls(site: Site) -> Iterator[tuple[str, str]]:
    for each in site.organisations:
        yield f"site.toml [organisations.{each.id}] privacy_url", each.privacy_url
        yield f"site.toml [organisations.{each.id}] complaint_url", each.complaint_url
    for category in site.categories:
        for own in category.self_service:
            yield f"categories.toml [categories.{category.id}.self_service.{own.language}] url", own.url


def _untold(site: Site) -> Iterator[str]:
    """Tell of safety classes of which no rule tells anybody at once (domain.md 3.3 row 42)."""
    told = [rule.when for rule in site.rules if rule.note and rule.then.notify_at_once]
    everywhere = {id for when in told for id in when.categories or [each.id for each in site.categories]}
    silent = [each.id for each in site.categories if each.kind is CategoryKind.safety and each.id not in everywhere]
    if silent:
        yield (
            f"rules.toml: nobody is told at once of {', '.join(silent)}: add a note with these categories and "
            "notify_at_once = true."
        )


def _reviews(site: Site, today: date) -> Iterator[str]:
    """Tell of handling times that must be reviewed: past their date they are not used (R34)."""
    for own in site.handling_times:
        where = f"service_levels.toml [handling_times.{own.category}] review_by"
        ask = f"ask {site.person(own.owner).name} whether {own.answer} is still true, and set a new date"
        if own.review_by < today:
            yield f"{where}: {own.review_by} has passed, so that {own.answer} is not used: {ask}."
        elif own.review_by - today <= REVIEW_SOON:
            yield f"{where}: {own.review_by} comes soon; after it {own.answer} is not used: {ask}."
