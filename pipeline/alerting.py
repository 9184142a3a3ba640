"""Alerting: a finding opens or closes as a row; the next step tells whom it concerns (`tell.py`).

Reads: nothing.
Writes: the finding, an event.
"""

from datetime import datetime

from domain.account import Account
from domain.finding import Finding, FindingKind
from store.database import Connection
from store.events import append
from store.findings import close_finding, open_finding, sharpen_finding


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


def close_quietly(connection: Connection, finding: Finding, now: datetime) -> None:
    """Close a finding."""
    if close_finding(connection, finding.id, now):
        append(
            connection, "finding_closed", at=now, organisation=finding.organisation, actor="watch",
            account=finding.account, finding=finding.kind,
        )  # fmt: skip


def sharpen(connection: Connection, finding: Finding, evidence: str, now: datetime) -> bool:
    """Say that an open finding has come a step further: it stays the same one, and is told of anew."""
    is_new = sharpen_finding(connection, finding.id, evidence, now)
    if is_new:
        append(
            connection, "finding_sharpened", at=now, organisation=finding.organisation, actor="watch",
            account=finding.account, finding=finding.kind,
        )  # fmt: skip
    return is_new
