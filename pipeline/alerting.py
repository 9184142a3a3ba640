"""Alerting: a finding opens or closes as a row; the next step tells whom it concerns (`tell.py`).

Reads: nothing.
Writes: the finding, an event.
"""

from datetime import datetime

from domain.account import Account
from domain.finding import Finding, FindingKind
from domain.ids import FindingId
from domain.site import Site
from store.database import Connection
from store.events import append
from store.findings import close_finding, open_finding


def open_with_alert(
    connection: Connection, site: Site, account: Account, kind: FindingKind, evidence: str, now: datetime
) -> FindingId | None:
    """Open a finding that somebody is to be told of; None when it is open already."""
    del site  # Whom it concerns is asked when they are told.
    finding = open_quietly(connection, account, kind, evidence, now)
    return None if finding is None else finding.id


def open_quietly(
    connection: Connection, account: Account, kind: FindingKind, evidence: str, now: datetime
) -> Finding | None:
    """Open a finding; None when it is open already. Whether anybody is told of it is a question of its kind."""
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
    """Close a finding whose readers are to hear that it is over; nothing when it was closed already."""
    del site, template  # Who heard of it hears the end of it, in the words of its kind.
    close_quietly(connection, finding, now)


def close_quietly(connection: Connection, finding: Finding, now: datetime) -> None:
    """Close a finding."""
    if close_finding(connection, finding.id, now):
        append(
            connection, "finding_closed", at=now, organisation=finding.organisation, actor="watch",
            account=finding.account, finding=finding.kind,
        )  # fmt: skip
