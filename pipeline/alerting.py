"""Alerting: a finding opens or closes as a row, and its manager is told in the same transaction.

Reads: the site, for who is responsible.
Writes: the finding, the alert in the outbox, events.
"""

import secrets
from dataclasses import replace
from datetime import datetime

from domain.account import Account
from domain.finding import Finding, FindingKind
from domain.ids import FindingId
from domain.site import Site
from outbox.render import render
from store.database import Connection
from store.events import append
from store.findings import close_finding, open_finding
from store.outgoing import add_outgoing
from watch.alert import alert


def open_with_alert(
    connection: Connection, site: Site, account: Account, kind: FindingKind, evidence: str, now: datetime
) -> FindingId | None:
    """Open a finding and tell its manager; None when it is open already."""
    finding = open_quietly(connection, account, kind, evidence, now)
    if finding is None:
        return None
    _tell(connection, site, finding, now)
    return finding.id


def open_quietly(
    connection: Connection, account: Account, kind: FindingKind, evidence: str, now: datetime
) -> Finding | None:
    """Open a finding that is shown, and that nobody is sent a mail about; None when it is open already."""
    id = open_finding(connection, account.organisation, account.id, kind, evidence, now)
    if id is None:
        return None
    append(
        connection, "finding_opened", at=now, organisation=account.organisation, actor="watch", account=account.id,
        finding=kind,
    )  # fmt: skip
    return Finding(
        id=id,
        organisation=account.organisation,
        account=account.id,
        kind=kind,
        evidence=evidence,
        opened_at=now,
    )


def close_with_word(connection: Connection, site: Site, finding: Finding, template: str, now: datetime) -> None:
    """Close a finding and tell its manager that it is over; nothing when it was closed already."""
    if not close_finding(connection, finding.id, now):
        return
    _tell(connection, site, replace(finding, closed_at=now), now, template=template)
    append(
        connection, "finding_closed", at=now, organisation=finding.organisation, actor="watch",
        account=finding.account, finding=finding.kind,
    )  # fmt: skip


def close_quietly(connection: Connection, finding: Finding, now: datetime) -> None:
    """Close a finding that nobody waits to hear the end of."""
    if close_finding(connection, finding.id, now):
        append(
            connection, "finding_closed", at=now, organisation=finding.organisation, actor="watch",
            account=finding.account, finding=finding.kind,
        )  # fmt: skip


def _tell(connection: Connection, site: Site, finding: Finding, now: datetime, *, template: str | None = None) -> None:
    intent = alert(finding, site, now, template=template)
    if intent is None:
        append(
            connection, "nobody_to_alert", at=now, organisation=finding.organisation, actor="watch",
            account=finding.account, finding=finding.kind,
        )  # fmt: skip
        return
    draft = render(intent, site, key=f"alert.{finding.id}.{secrets.token_hex(6)}", now=now)
    add_outgoing(connection, intent, draft, at=now, finding=finding.id)
