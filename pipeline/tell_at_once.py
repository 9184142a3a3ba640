"""Tell at once: what cannot wait for the digest, and the word that it is over.

Reads: open findings, heartbeats, who was told, what was acknowledged.
Writes: who is told, alerts in the outbox, events; an alert a transaction.
"""

import logging
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.account import Account, AccountStatus
from domain.alerting import Told
from domain.errors import BadInput
from domain.finding import Finding, FindingKind
from domain.ids import AccountId
from domain.open_time import local_date
from domain.outgoing import DIGEST, Outgoing
from domain.person import Person
from domain.site import Site
from domain.viewer import MACHINE
from outbox.render import render
from pipeline.alert_link import Links
from store.accounts import list_heartbeats
from store.acknowledgements import list_acknowledged
from store.database import Connection, Database
from store.events import append
from store.findings import list_open_findings
from store.outgoing import add_outgoing
from store.tellings import claim_tellings, list_to_call_off, list_told_of_findings, name_outgoing
from watch.alert import alert, host_alert, host_over
from watch.at_once import Urgent, steps_of, urgent
from watch.cause import find_causes
from watch.digest import AT_ONCE, GROUPED, OVER, Known, subject_of
from watch.escalation import rises_on
from watch.responsible import ADMINISTRATOR, responsible

log = logging.getLogger(__name__)

#: How long after its end a finding is still called off.
CALLED_OFF = timedelta(days=14)

#: To nobody: it marks that there was nobody to tell.
NOBODY = "-"


def tell_at_once(database: Database, site: Site, links: Links, now: datetime) -> int:
    """Queue what cannot wait; return how many alerts."""
    with database.read() as connection:
        known = known_open(connection, site)
    return sum(_guarded(database, site, each, links, now) for each in urgent(site, known, local_date(now)))


def known_open(connection: Connection, site: Site) -> Known:
    """Return what is open about accounts that the site has, and who was told of it."""
    ours = {account.id for account in site.accounts}
    found = tuple(each for each in list_open_findings(connection, MACHINE) if each.account in ours)
    ids = [finding.id for finding in found]
    return Known(
        open=found,
        told=list_told_of_findings(connection, MACHINE, ids),
        acknowledged=list_acknowledged(connection, MACHINE, ids),
        causes=find_causes(site, list_heartbeats(connection, MACHINE), site.alerts.group_from),
    )


def call_off(database: Database, site: Site, now: datetime) -> int:
    """Queue the word that what was told of at once is over; return how many alerts."""
    # Of an account that is in use no longer there is nothing more to say.
    ours = {account.id: account for account in site.accounts if account.status is AccountStatus.active}
    with database.read() as connection:
        since = now - CALLED_OFF
        alone = list_to_call_off(connection, MACHINE, AT_ONCE, OVER, since)
        grouped = list_to_call_off(connection, MACHINE, GROUPED, OVER, since)
        still = _hosts_still_down(connection, ours)
    hosts: dict[str, list[Finding]] = defaultdict(list)
    for finding in grouped:
        if finding.account in ours and ours[finding.account].host not in still:
            hosts[ours[finding.account].host].append(finding)
    queued = sum(_call_off_one(database, site, each, now) for each in alone if each.account in ours)
    return queued + sum(_call_off_host(database, site, host, each, now) for host, each in hosts.items())


def _hosts_still_down(connection: Connection, ours: Mapping[AccountId, Account]) -> set[str]:
    """Return the hosts of which somebody was told, and that still have an account that cannot be read."""
    open_ones = [
        each
        for each in list_open_findings(connection, MACHINE)
        if each.kind is FindingKind.unreachable and each.account in ours
    ]
    steps = steps_of(list_told_of_findings(connection, MACHINE, [each.id for each in open_ones]))
    return {ours[each.account].host for each in open_ones if GROUPED in steps.get(each.id, frozenset())}


def _guarded(database: Database, site: Site, each: Urgent, links: Links, now: datetime) -> int:
    """Let one alert that cannot be written hold back no other."""
    try:
        with database.write() as connection:
            return _tell(connection, site, each, links, now)
    except BadInput:
        log.exception("the alert about finding %s could not be written", each.findings[0].id)
        return 0


def _tell(connection: Connection, site: Site, each: Urgent, links: Links, now: datetime) -> int:
    first = each.findings[0]
    if not each.readers:
        if claim_tellings(connection, first.organisation, _tellings(each.findings, NOBODY, each.step, now)):
            _note(connection, "nobody_to_alert", first, now)
        return 0
    queued = 0
    for reader in each.readers:
        told = claim_tellings(connection, first.organisation, _tellings(each.findings, reader.email, each.step, now))
        if told and each.is_new:
            intent = _intent(site, each, reader, links, now)
            queue_alert(connection, site, intent, told, now)
            _note(connection, "alerted", first, now, to=reader.email, findings=len(told))
            queued += 1
    return queued


def _intent(site: Site, each: Urgent, reader: Person, links: Links, now: datetime) -> Outgoing:
    first = each.findings[0]
    account = site.account(first.account)
    if each.cause is not None:
        return host_alert(each.cause, site, account, reader)
    today, chain = local_date(now), responsible(site, account, local_date(now))
    calendar = site.calendar_of(account.organisation)
    return alert(
        first, site, reader, now,
        link=links.finding(first.id, reader.email),
        next_level=next((person for person in chain[1:] if person.email != reader.email), None),
        rises_on=rises_on(calendar, today, today, site.alerts.escalate_after),
    )  # fmt: skip


def _call_off_one(database: Database, site: Site, finding: Finding, now: datetime) -> int:
    with database.write() as connection:
        readers = _readers(connection, site, [finding], AT_ONCE)
        if not readers:
            claim_tellings(connection, finding.organisation, _tellings([finding], NOBODY, OVER, now))
        for reader in readers:
            told = claim_tellings(connection, finding.organisation, _tellings([finding], reader.email, OVER, now))
            if told:
                queue_alert(connection, site, alert(finding, site, reader, now), told, now)
    return len(readers)


def _call_off_host(database: Database, site: Site, host: str, closed: Sequence[Finding], now: datetime) -> int:
    last = max(closed, key=lambda finding: finding.closed_at or now)
    with database.write() as connection:
        readers = _readers(connection, site, closed, GROUPED)
        if not readers:
            claim_tellings(connection, last.organisation, _tellings(closed, NOBODY, OVER, now))
        for reader in readers:
            told = claim_tellings(connection, last.organisation, _tellings(closed, reader.email, OVER, now))
            if told:
                intent = host_over(host, site, site.account(last.account), reader, last.closed_at or now)
                queue_alert(connection, site, intent, told, now)
    return len(readers)


def _readers(connection: Connection, site: Site, findings: Sequence[Finding], step: str) -> list[Person]:
    """Return who was told of any of the findings by a step."""
    told = list_told_of_findings(connection, MACHINE, [finding.id for finding in findings])
    addresses = sorted({each.to for each in told if each.step == step and each.to != NOBODY})
    known = {person.email: person for person in site.people}
    return [known.get(each) or Person(id=ADMINISTRATOR, name="", email=each) for each in addresses]


def _tellings(findings: Sequence[Finding], to: str, step: str, now: datetime) -> list[Told]:
    return [Told(subject=subject_of(each.id), to=to, step=step, at=now, finding=each.id) for each in findings]


def queue_alert(connection: Connection, site: Site, intent: Outgoing, told: Sequence[Told], now: datetime) -> None:
    """Put an alert into the outbox, in the transaction that says who is told. Raises BadInput as `render`."""
    # A digest is about many things, and its reader's own: it is shown with none of them.
    is_digest = intent.template == DIGEST
    finding = None if is_digest else next((each.finding for each in told if each.finding is not None), None)
    draft = render(intent, site, key=f"alert.{finding or 0}.{secrets.token_hex(6)}", now=now)
    id = add_outgoing(connection, intent, draft, at=now, finding=finding)
    assert id is not None  # its Message-ID is new
    name_outgoing(connection, told, id)


def _note(connection: Connection, kind: str, finding: Finding, now: datetime, **details: Any) -> None:
    append(
        connection, kind, at=now, organisation=finding.organisation, actor="tell", account=finding.account,
        finding=finding.kind, **details,
    )  # fmt: skip
