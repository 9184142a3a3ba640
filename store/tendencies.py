"""Tendencies: since when the condition of a finding holds, or holds no longer."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from domain.finding import FindingKind, Tendency
from domain.ids import AccountId, OrganisationId
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import tendencies
from store.visibility import sees_organisation


def list_tendencies(connection: sa.Connection, viewer: Viewer) -> Mapping[tuple[AccountId, FindingKind], Tendency]:
    """Return every tendency that is kept, by account and kind."""
    query = sa.select(tendencies).where(sees_organisation(viewer, tendencies))
    return {
        (row["account_id"], FindingKind(row["kind"])): Tendency(holds=row["holds"], since=row["since"])
        for row in connection.execute(query).mappings()
    }


def set_tendency(
    connection: sa.Connection, organisation: OrganisationId, account: AccountId, kind: FindingKind, *, holds: bool,
    since: datetime,
) -> None:  # fmt: skip
    """Note that a condition has begun to hold, or to hold no longer; in the same direction nothing changes."""
    connection.execute(
        upsert(connection, tendencies)
        .values(account_id=account, kind=kind, organisation_id=organisation, holds=holds, since=since)
        .on_conflict_do_update(
            index_elements=[tendencies.c.account_id, tendencies.c.kind],
            set_={"holds": holds, "since": since},
            where=tendencies.c.holds != holds,
        )
    )


def settle_tendency(connection: sa.Connection, account: AccountId, kind: FindingKind) -> None:
    """Forget a tendency: the finding has followed it."""
    connection.execute(tendencies.delete().where(tendencies.c.account_id == account, tendencies.c.kind == kind))
