"""Who was told of what: each (subject, recipient, step) once, whoever tells."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.alerting import Told
from domain.finding import Finding
from domain.ids import FindingId, OrganisationId, OutgoingId
from domain.viewer import Viewer
from store.findings import as_finding
from store.rows import insert_new
from store.schema import findings, tellings
from store.statements import in_parts
from store.visibility import sees_organisation

_NAMED = (
    tellings.update()
    .where(
        tellings.c.subject == sa.bindparam("about"),
        tellings.c.told_to == sa.bindparam("who"),
        tellings.c.step == sa.bindparam("which"),
    )
    .values(outgoing_id=sa.bindparam("row"))
)


def claim_tellings(connection: sa.Connection, organisation: OrganisationId, told: Sequence[Told]) -> tuple[Told, ...]:
    """Note that somebody is told; return those of it that nobody had told them before.

    Call it before the text is queued, in the same transaction: of two who tell at once, one gets nothing back.
    """
    rows = [
        {
            "organisation_id": organisation, "subject": each.subject, "told_to": each.to, "step": each.step,
            "at": each.at, "finding_id": each.finding,
        }
        for each in told
    ]  # fmt: skip
    stored = insert_new(connection, tellings, rows, returning=("subject", "told_to", "step")) if rows else []
    new = {(row.subject, row.told_to, row.step) for row in stored}
    return tuple(each for each in told if (each.subject, each.to, each.step) in new)


def name_outgoing(connection: sa.Connection, told: Sequence[Told], outgoing: OutgoingId) -> None:
    """Say by which message they were told."""
    if told:
        connection.execute(
            _NAMED, [{"about": each.subject, "who": each.to, "which": each.step, "row": outgoing} for each in told]
        )


def list_told_of_findings(connection: sa.Connection, viewer: Viewer, ids: Collection[FindingId]) -> tuple[Told, ...]:
    """Return who was told of these findings, in the order it was done."""
    found: list[Told] = []
    for some in in_parts(sorted(ids)):
        query = (
            sa.select(tellings)
            .where(tellings.c.finding_id.in_(some), sees_organisation(viewer, tellings))
            .order_by(tellings.c.id)
        )
        found += [_told(row) for row in connection.execute(query).mappings()]
    return tuple(found)


def list_told_of(connection: sa.Connection, viewer: Viewer, subjects: Collection[str]) -> tuple[Told, ...]:
    """Return who was told of these subjects, in the order it was done."""
    query = (
        sa.select(tellings)
        .where(tellings.c.subject.in_(sorted(subjects)), sees_organisation(viewer, tellings))
        .order_by(tellings.c.id)
    )
    return tuple(_told(row) for row in connection.execute(query).mappings())


def list_to_call_off(
    connection: sa.Connection, viewer: Viewer, step: str, over: str, since: datetime
) -> tuple[Finding, ...]:
    """Return the findings that closed since then, of which somebody was told by one step and nobody by the other."""
    asked = {"since": since, "step": step, "over": over}
    return tuple(as_finding(row) for row in connection.execute(_to_call_off(viewer), asked).mappings())


@lru_cache(maxsize=64)
def _to_call_off(viewer: Viewer) -> sa.Select[Any]:
    told, called_off = tellings.alias(), tellings.alias()
    return (
        sa.select(findings)
        .where(
            findings.c.closed_at >= sa.bindparam("since", type_=findings.c.closed_at.type),
            sees_organisation(viewer, findings),
            sa.exists().where(told.c.finding_id == findings.c.id, told.c.step == sa.bindparam("step")),
            ~sa.exists().where(called_off.c.finding_id == findings.c.id, called_off.c.step == sa.bindparam("over")),
        )
        .order_by(findings.c.id)
    )


def _told(row: sa.RowMapping) -> Told:
    return Told(
        subject=row["subject"], to=row["told_to"], step=row["step"], at=row["at"], finding=row["finding_id"]
    )  # fmt: skip
