"""Corrections: what people changed of decisions, for whoever mends the rules."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.ids import CategoryId, OrganisationId, TicketId, UnitId
from domain.rerouting import RerouteReason
from domain.viewer import Viewer
from store.schema import corrections, messages, tickets
from store.visibility import sees_about


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A decision and what a person made of it."""

    ticket: TicketId
    organisation: OrganisationId
    at: datetime
    by: str
    was_unit: UnitId
    unit: UnitId
    was_category: CategoryId
    category: CategoryId
    #: In the person's words; empty: they gave none.
    why: str = ""
    #: None: they chose none.
    reason: RerouteReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCorrection:
    """A correction with the ticket's number and why it had been decided otherwise."""

    correction: Correction
    number: str
    #: The decision of the ticket's first message, as `explain --json` prints it; empty: there is none.
    explanation: dict[str, Any]


def add_correction(connection: sa.Connection, correction: Correction) -> None:
    """Keep a correction."""
    connection.execute(
        corrections.insert().values(
            ticket_id=correction.ticket, organisation_id=correction.organisation, at=correction.at, by=correction.by,
            was_unit_id=correction.was_unit, unit_id=correction.unit, was_category=correction.was_category,
            category=correction.category, why=correction.why, reason=correction.reason or "",
        )
    )  # fmt: skip


def list_corrections(
    connection: sa.Connection, viewer: Viewer, *, since: datetime | None = None, limit: int = 1_000
) -> tuple[StoredCorrection, ...]:
    """Return the corrections of tickets whose content the viewer may see, newest first."""
    of_ticket = messages.alias()
    first = sa.select(sa.func.min(of_ticket.c.id)).where(of_ticket.c.ticket_id == corrections.c.ticket_id)
    query = (
        sa.select(corrections, tickets.c.number, messages.c.explanation)
        .join(tickets, tickets.c.id == corrections.c.ticket_id)
        .outerjoin(messages, messages.c.id == first.scalar_subquery())
        .where(sees_about(viewer, corrections))
        .order_by(corrections.c.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(corrections.c.at >= since)
    return tuple(_stored(row) for row in connection.execute(query).mappings())


def _stored(row: sa.RowMapping) -> StoredCorrection:
    correction = Correction(
        ticket=row["ticket_id"], organisation=row["organisation_id"], at=row["at"], by=row["by"],
        was_unit=row["was_unit_id"], unit=row["unit_id"], was_category=row["was_category"], category=row["category"],
        why=row["why"], reason=RerouteReason(row["reason"]) if row["reason"] else None,
    )  # fmt: skip
    return StoredCorrection(correction=correction, number=row["number"], explanation=row["explanation"] or {})
