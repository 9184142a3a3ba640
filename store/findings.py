"""Findings: open and close as rows; alerts and statistics both read them."""

from datetime import datetime

import sqlalchemy as sa

from domain.finding import Finding, FindingKind
from domain.ids import AccountId, FindingId, OrganisationId
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import findings
from store.visibility import sees_organisation


def open_finding(
    connection: sa.Connection, organisation: OrganisationId, account: AccountId, kind: FindingKind, evidence: str,
    at: datetime,
) -> FindingId | None:  # fmt: skip
    """Open a finding; None when one of that kind is open already."""
    statement = (
        upsert(connection, findings)
        .values(organisation_id=organisation, account_id=account, kind=kind, evidence=evidence, opened_at=at)
        .on_conflict_do_nothing()
        .returning(findings.c.id)
    )
    row = connection.execute(statement).first()
    return None if row is None else FindingId(row[0])


def set_evidence(connection: sa.Connection, id: FindingId, evidence: str) -> bool:
    """Say of an open finding what is so now; return whether that is new."""
    open_one = (findings.c.id == id, findings.c.closed_at.is_(None), findings.c.evidence != evidence)
    return connection.execute(findings.update().where(*open_one).values(evidence=evidence)).rowcount == 1


def sharpen_finding(connection: sa.Connection, id: FindingId, evidence: str, at: datetime) -> bool:
    """Say of an open finding that it has come a step further; return whether that is new."""
    open_one = (findings.c.id == id, findings.c.closed_at.is_(None), findings.c.evidence != evidence)
    values = {"evidence": evidence, "sharpened_at": at}
    return connection.execute(findings.update().where(*open_one).values(**values)).rowcount == 1


def close_finding(connection: sa.Connection, id: FindingId, at: datetime) -> bool:
    """Close a finding, once; return whether it was open."""
    result = connection.execute(
        findings.update().where(findings.c.id == id, findings.c.closed_at.is_(None)).values(closed_at=at)
    )
    return result.rowcount == 1


def list_open_findings(connection: sa.Connection, viewer: Viewer) -> tuple[Finding, ...]:
    """Return what is open, oldest first."""
    query = (
        sa.select(findings)
        .where(findings.c.closed_at.is_(None), sees_organisation(viewer, findings))
        .order_by(findings.c.opened_at, findings.c.id)
    )
    return tuple(as_finding(row) for row in connection.execute(query).mappings())


def list_closed_findings(connection: sa.Connection, viewer: Viewer, since: datetime) -> tuple[Finding, ...]:
    """Return what closed from then on, in the order it opened."""
    query = (
        sa.select(findings)
        .where(findings.c.closed_at >= since, sees_organisation(viewer, findings))
        .order_by(findings.c.opened_at, findings.c.id)
    )
    return tuple(as_finding(row) for row in connection.execute(query).mappings())


def get_finding(connection: sa.Connection, viewer: Viewer, id: FindingId) -> Finding:
    """Return a finding, open or closed. Raises KeyError when there is none that the viewer may see."""
    query = sa.select(findings).where(findings.c.id == id, sees_organisation(viewer, findings))
    row = connection.execute(query).mappings().first()
    if row is None:
        raise KeyError(id)
    return as_finding(row)


def as_finding(row: sa.RowMapping) -> Finding:
    """Return a row as a finding."""
    return Finding(
        id=row["id"],
        organisation=row["organisation_id"],
        account=row["account_id"],
        kind=FindingKind(row["kind"]),
        evidence=row["evidence"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        sharpened_at=row["sharpened_at"],
    )
