"""Bounced alerts: whoever an alert did not reach counts as away for a week, so that the next person is told (P11).

Reads: alerts that turned out not to have arrived; open findings.
Writes: the finding that an alert did not reach its reader, or that it is over, with an event.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from domain.alerting import BouncedAlert
from domain.finding import FindingKind
from domain.ids import AccountId
from domain.open_time import local_date
from domain.person import Absence, Person
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.alerting import close_quietly, open_quietly
from store.bounces import list_bounced_alerts
from store.database import Connection, Database
from store.findings import list_open_findings
from watch.findings import alert_bounced

#: After this the address is tried again.
TRIED_AGAIN = timedelta(days=7)


def unreached(connection: Connection, now: datetime) -> frozenset[str]:
    """Return the addresses that alerts lately did not reach."""
    return frozenset(each.to for each in list_bounced_alerts(connection, MACHINE, now - TRIED_AGAIN))


def as_reached(database: Database, site: Site, now: datetime) -> Site:
    """Return the site as alerts see it: whoever they do not reach is away today, and gives place to the next."""
    with database.read() as connection:
        addresses = unreached(connection, now)
    if not addresses:
        return site
    administrator = "" if site.administrator in addresses else site.administrator
    people = tuple(_as_away(each, now) if each.email in addresses else each for each in site.people)
    return replace(site, administrator=administrator, people=people)


def flip_bounced(database: Database, site: Site, now: datetime) -> bool:
    """Open a finding on each account in whose name an alert bounced lately, and close the others."""
    ours = {account.id: account for account in site.accounts}
    with database.read() as connection:
        bounced = list_bounced_alerts(connection, MACHINE, now - TRIED_AGAIN)
        found = list_open_findings(connection, MACHINE)
    last: dict[AccountId, BouncedAlert] = {each.account: each for each in bounced if each.account in ours}
    open_ones = {each.account: each for each in found if each.kind is FindingKind.alert_bounced}
    turned = last.keys() ^ open_ones.keys()
    if not turned:
        return False
    with database.write() as connection:
        for account in sorted(turned):
            if account in open_ones:
                close_quietly(connection, open_ones[account], now)
            else:
                evidence = alert_bounced(last[account])
                open_quietly(connection, ours[account], FindingKind.alert_bounced, evidence, now)
    return True


def _as_away(person: Person, now: datetime) -> Person:
    today = Absence(first=local_date(now), last=local_date(now))
    return replace(person, absences=(*person.absences, today))
