"""What happened in the accounts lately: traffic by the hour, and findings with those that are over."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from domain.finding import Finding, FindingKind
from domain.register import Hour
from domain.viewer import Viewer
from store.schema import findings, traffic
from store.visibility import sees_organisation


def list_hours(connection: sa.Connection, viewer: Viewer, since: datetime) -> Iterator[Hour]:
    """Yield the hours of every account in which something happened, from `since` on; no message is named."""
    query = sa.select(traffic.c.account_id, traffic.c.hour_at, traffic.c.arrived, traffic.c.handled).where(
        traffic.c.hour_at >= since, sees_organisation(viewer, traffic)
    )
    for row in connection.execute(query):
        yield Hour(*row)


def list_findings_since(connection: sa.Connection, viewer: Viewer, since: datetime) -> tuple[Finding, ...]:
    """Return the findings that are open or were closed since then, oldest first."""
    query = (
        sa.select(findings)
        .where(
            sa.or_(findings.c.closed_at.is_(None), findings.c.closed_at >= since), sees_organisation(viewer, findings)
        )
        .order_by(findings.c.opened_at, findings.c.id)
    )
    return tuple(
        Finding(
            id=row["id"], organisation=row["organisation_id"], account=row["account_id"],
            kind=FindingKind(row["kind"]), evidence=row["evidence"], opened_at=row["opened_at"],
            closed_at=row["closed_at"],
        )
        for row in connection.execute(query).mappings()
    )  # fmt: skip
