"""Acknowledgements: who has taken notice of a finding, and until when it is quiet."""

from collections.abc import Collection

import sqlalchemy as sa

from domain.alerting import Acknowledgement
from domain.ids import FindingId, OrganisationId
from domain.viewer import Viewer
from store.schema import acknowledgements
from store.statements import in_parts
from store.visibility import sees_organisation


def add_acknowledgement(connection: sa.Connection, organisation: OrganisationId, new: Acknowledgement) -> None:
    """Note that somebody has taken notice; it takes the place of what was said before."""
    connection.execute(
        acknowledgements.insert().values(
            organisation_id=organisation, finding_id=new.finding, by=new.by, reason=new.reason, at=new.at,
            until=new.until,
        )
    )  # fmt: skip


def list_acknowledged(
    connection: sa.Connection, viewer: Viewer, ids: Collection[FindingId]
) -> dict[FindingId, Acknowledgement]:
    """Return the newest acknowledgement of each of these findings that has one."""
    found: dict[FindingId, Acknowledgement] = {}
    for some in in_parts(sorted(ids)):
        query = (
            sa.select(acknowledgements)
            .where(acknowledgements.c.finding_id.in_(some), sees_organisation(viewer, acknowledgements))
            .order_by(acknowledgements.c.id)
        )
        for row in connection.execute(query).mappings():
            found[row["finding_id"]] = Acknowledgement(
                finding=row["finding_id"], by=row["by"], reason=row["reason"], at=row["at"], until=row["until"]
            )
    return found
