"""Tell at once: what cannot wait for the digest.

Reads: open findings, heartbeats, who was told, what was acknowledged.
Writes: who is told, alerts in the outbox, events; an alert a transaction.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from domain.alerting import Told
from domain.finding import Finding
from domain.open_time import local_date
from domain.outgoing import DIGEST, Outgoing
from domain.person import Person
from domain.site import Site
from domain.viewer import MACHINE
from outbox.render import render
from pipeline.alert_link import Links
from pipeline.bounced_alerts import unreached
from pipeline.guard import Guard
from store.accounts import list_heartbeats
from store.acknowledgements import list_acknowledged
from store.database import Connection, Database
from store.events import append
from store.findings import list_open_findings
from store.outgoing import add_outgoing
from store.tellings import claim_tellings, list_told_of_findings, name_outgoing
from watch.alert import Outlook, alert, outage_alert
from watch.at_once import Urgent, urgent
from watch.cause import find_bounced, find_causes, find_certificates
from watch.escalation import rises_on
from watch.known import Known, subject_of
from watch.responsible import answering, technicians_of

#: To nobody: it marks that there was nobody to tell.
NOBODY = "-"


def tell_at_once(database: Database, site: Site, links: Links, now: datetime, guard: Guard) -> int:
    """Queue what cannot wait; return how many alerts."""
    with database.read() as connection:
        known = known_open(connection, site, now)
    found = urgent(site, known, local_date(now))
    return sum(
        guard.count(f"finding {each.findings[0].id}", partial(_tell_one, database, site, each, links, now))
        for each in found
    )


def known_open(connection: Connection, site: Site, now: datetime) -> Known:
    """Return what is open about accounts that the site has, and who was told of it."""
    ours = {account.id for account in site.accounts}
    found = tuple(each for each in list_open_findings(connection, MACHINE) if each.account in ours)
    ids = [finding.id for finding in found]
    heartbeats = list_heartbeats(connection, MACHINE)
    # Whoever it did not reach has not been told.
    told, lost = list_told_of_findings(connection, MACHINE, ids), unreached(connection, now)
    return Known(
        open=found,
        told=tuple(each for each in told if each.to not in lost),
        acknowledged=list_acknowledged(connection, MACHINE, ids),
        causes=(
            *find_causes(site, heartbeats, site.alerts.group_from, now),
            *find_certificates(found),
            *find_bounced(found, site.alerts.group_from),
        ),
    )


def _tell_one(database: Database, site: Site, each: Urgent, links: Links, now: datetime) -> int:
    with database.write() as connection:
        return _tell(connection, site, each, links, now)


def _tell(connection: Connection, site: Site, each: Urgent, links: Links, now: datetime) -> int:
    first = each.findings[0]
    if not each.readers:
        if claim_tellings(connection, first.organisation, tellings(each.findings, NOBODY, each.step, now)):
            _note(connection, "nobody_to_alert", first, now)
        return 0
    queued = 0
    for reader in each.readers:
        told = claim_tellings(connection, first.organisation, tellings(each.findings, reader.email, each.step, now))
        if told and each.is_new:
            intent = _intent(site, each, reader, links, now)
            queue_alert(connection, site, intent, told, now)
            _note(connection, "alerted", first, now, to=reader.email, findings=len(told))
            queued += 1
    return queued


def _intent(site: Site, each: Urgent, reader: Person, links: Links, now: datetime) -> Outgoing:
    first, today = min(each.findings, key=lambda finding: finding.id), local_date(now)
    chain = answering(site, first, today) if each.cause is None else technicians_of(site, first, today)
    calendar = site.calendar_of(first.organisation)
    outlook = Outlook(
        link=links.finding(first.id, reader.email),
        next_level=next((person for person in chain[1:] if person.email != reader.email), None),
        rises_on=rises_on(calendar, today, today, site.alerts.escalate_after),
    )
    if each.cause is not None:
        return outage_alert(each.cause, site, site.account(first.account), reader, now, outlook)
    return alert(first, site, reader, now, outlook)


def tellings(findings: Sequence[Finding], to: str, step: str, now: datetime) -> list[Told]:
    """Return that one reader is told of findings by a step."""
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
