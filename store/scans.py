"""What the virus scanner said of files: kept by content, so that a file is not scanned at each download."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from domain.ids import Digest, OrganisationId
from domain.scan import Scanned
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import scans
from store.visibility import sees_organisation

#: A scanner is asked again after this long, whatever it knew then.
HOLDS = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One verdict."""

    said: Scanned
    #: Which version of its signatures the scanner had, as it says so; empty: it did not say.
    signatures: str
    asked_at: datetime

    def holds(self, signatures: str, now: datetime) -> bool:
        """Return whether it still holds: it is young, and the scanner has no other signatures than then.

        `signatures`: those that it has now; empty: it cannot be asked.
        """
        return now - self.asked_at < HOLDS and signatures in {"", self.signatures}


def find_scan(
    connection: sa.Connection, viewer: Viewer, organisation: OrganisationId, digest: Digest
) -> Scan | None:  # fmt: skip
    """Return what was last said of a content; None: nothing that is known."""
    query = sa.select(scans.c.said, scans.c.signatures, scans.c.asked_at).where(
        scans.c.organisation_id == organisation, scans.c.digest == digest, sees_organisation(viewer, scans)
    )
    row = connection.execute(query).mappings().first()
    return (
        None if row is None else Scan(said=Scanned(row["said"]), signatures=row["signatures"], asked_at=row["asked_at"])
    )


def keep_scan(connection: sa.Connection, organisation: OrganisationId, digest: Digest, scan: Scan) -> None:
    """Keep a verdict in place of the one before."""
    values = {"said": scan.said, "signatures": scan.signatures, "asked_at": scan.asked_at}
    connection.execute(
        upsert(connection, scans)
        .values(organisation_id=organisation, digest=digest, **values)
        .on_conflict_do_update(index_elements=[scans.c.organisation_id, scans.c.digest], set_=values)
    )
