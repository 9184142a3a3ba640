"""What happened in the accounts lately: traffic by the day, and findings with those that are over."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from domain.finding import Finding, FindingKind
from domain.ids import AccountId
from domain.register import Count, midnight
from domain.viewer import Viewer
from store.columns import Instant
from store.schema import findings, traffic
from store.visibility import sees_organisation


def list_counts(
    connection: sa.Connection, viewer: Viewer, accounts: Collection[AccountId], days: Sequence[date]
) -> Iterator[Count]:
    """Yield how much came to each of these accounts on each of these days, and how much was done; by Stockholm's days.

    One look into the index for each account and day, however much happened before.
    """
    if not accounts or not days:
        return
    spans = sa.union_all(*(_span(number, day) for number, day in enumerate(days))).subquery()
    hour_at = traffic.c.hour_at
    query = (
        sa.select(traffic.c.account_id, spans.c.number, sa.func.sum(traffic.c.arrived), sa.func.sum(traffic.c.handled))
        .join_from(spans, traffic, sa.and_(hour_at >= spans.c.first_at, hour_at < spans.c.end_at))
        .where(traffic.c.account_id.in_(sorted(accounts)), sees_organisation(viewer, traffic))
        .group_by(traffic.c.account_id, spans.c.number)
    )
    for account, number, received, handled in connection.execute(query):
        yield Count(account, days[number], int(received), int(handled))


def _span(number: int, day: date) -> "sa.Select[int, datetime, datetime]":
    first_at, end_at = midnight(day), midnight(day + timedelta(days=1))
    return sa.select(
        sa.literal(number).label("number"),
        sa.literal(first_at, Instant).label("first_at"),
        sa.literal(end_at, Instant).label("end_at"),
    )


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
