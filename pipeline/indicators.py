"""Indicators: how promises were kept and accounts were watched over months, all read in the caller's transaction.

Reads: tickets, handlings, traffic, findings; the site, for hours and calendars.
Writes: nothing.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from domain.account import AccountStatus
from domain.account_rights import may_see_account, may_see_figures_of
from domain.errors import BadInput
from domain.indicator import Counted, Promises, Watched
from domain.open_time import open_from
from domain.site import Site
from domain.span import Span
from domain.viewer import Viewer
from stats.promises import promises_of
from stats.watched import Seen, months_between, watched_of
from store.account_days import list_counts, list_findings_since
from store.database import Connection
from store.indicators import list_counted, list_waited

_ONE_DAY = timedelta(days=1)


def read_promises(
    connection: Connection, site: Site, viewer: Viewer, span: Span, now: datetime
) -> tuple[Promises, ...]:
    """Return how the promises about what came in a span were kept, of what the viewer may see."""
    found = list_counted(connection, viewer, span.begins_at, span.ends_at)
    counted = [each for each in found if may_see_figures_of(site, viewer, each.unit)]
    return promises_of(counted, lambda ticket, until: _open_time(site, ticket, until), now)


def read_watched(connection: Connection, site: Site, viewer: Viewer, span: Span, now: datetime) -> tuple[Watched, ...]:
    """Return how each account of the viewer's register was watched in each month of a span; but closed ones."""
    accounts = [
        each for each in site.accounts
        if each.status is not AccountStatus.closed and may_see_account(site, viewer, each)
    ]  # fmt: skip
    ids = [each.id for each in accounts]
    counts = [
        count
        for days in _by_month(span)
        for count in list_counts(connection, viewer, ids, days)
    ]  # fmt: skip
    findings = list_findings_since(connection, viewer, span.begins_at)
    seen = Seen(
        waited=list_waited(connection, viewer, ids, span.begins_at, span.ends_at),
        received={(each.account, each.day): each.received for each in counts},
        handled={(each.account, each.day): each.handled for each in counts},
        findings=[each for each in findings if span.begins_at <= each.opened_at < span.ends_at],
    )
    calendars = {each.id: site.calendar_of(each.id) for each in site.organisations}
    return watched_of(accounts, calendars, seen, span.first, span.last, now)


def _by_month(span: Span) -> Iterator[list[date]]:
    days = [span.first + number * _ONE_DAY for number in range((span.last - span.first).days + 1)]
    for month in months_between(span.first, span.last):
        yield [day for day in days if day.replace(day=1) == month]


def _open_time(site: Site, ticket: Counted, until: datetime) -> timedelta | None:
    """Return the open time from a ticket's arrival to an instant, by the hours of its unit; None: nobody can tell."""
    try:
        schedule = site.unit_schedule(ticket.unit, ticket.channel)
        calendar = site.calendar_of(ticket.organisation)
        taken = timedelta()
        for stretch in open_from(schedule, calendar, ticket.arrived_at):
            if stretch.opens_at >= until:
                return taken
            taken += min(stretch.closes_at, until) - stretch.opens_at
    except (BadInput, KeyError):  # hours that never come, or a unit that is no more
        return None
    return taken
