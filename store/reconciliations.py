"""Reconciliations: how the last comparison of each account with its provider went."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.account import Account
from domain.ids import AccountId
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import reconciliations
from store.visibility import sees_organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """The last comparison: how many messages the provider had, how many we had missed, and how many had gone."""

    account: AccountId
    tried_at: datetime
    #: When it last came to an end; None: never.
    at: datetime | None
    existing: int
    missed: int
    gone: int


def claim_reconciliation(connection: sa.Connection, account: Account, at: datetime, not_since: datetime) -> bool:
    """Note that a comparison is begun, unless one was begun after `not_since`; return whether it may go on."""
    statement = (
        upsert(connection, reconciliations)
        .values(account_id=account.id, organisation_id=account.organisation, tried_at=at)
        .on_conflict_do_update(
            index_elements=[reconciliations.c.account_id],
            set_={"tried_at": at},
            where=reconciliations.c.tried_at <= not_since,
        )
        .returning(reconciliations.c.account_id)
    )
    return connection.execute(statement).first() is not None


def set_reconciliation(
    connection: sa.Connection, account: Account, *, at: datetime, existing: int, missed: int, gone: int
) -> None:
    """Keep how a comparison went; only the last one of each account is."""
    values = {
        "organisation_id": account.organisation, "tried_at": at, "at": at, "existing": existing, "missed": missed,
        "gone": gone,
    }  # fmt: skip
    connection.execute(
        upsert(connection, reconciliations)
        .values(account_id=account.id, **values)
        .on_conflict_do_update(index_elements=[reconciliations.c.account_id], set_=values)
    )


def list_reconciliations(connection: sa.Connection, viewer: Viewer) -> tuple[Reconciliation, ...]:
    """Return how the last comparison of each account went."""
    query = (
        sa.select(reconciliations)
        .where(sees_organisation(viewer, reconciliations))
        .order_by(reconciliations.c.account_id)
    )
    return tuple(
        Reconciliation(
            account=row["account_id"],
            tried_at=row["tried_at"],
            at=row["at"],
            existing=row["existing"],
            missed=row["missed"],
            gone=row["gone"],
        )
        for row in connection.execute(query).mappings()
    )
