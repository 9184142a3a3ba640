"""Rhythms: what was learned of each account's weeks, kept until it is learned anew."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.account import Account
from domain.ids import AccountId
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import rhythms
from store.visibility import sees_organisation


def set_rhythm(connection: sa.Connection, account: Account, learned: Mapping[str, Any], at: datetime) -> None:
    """Keep what was learned of an account, in place of what was known."""
    values = {"organisation_id": account.organisation, "learned_at": at, "learned": dict(learned)}
    connection.execute(
        upsert(connection, rhythms)
        .values(account_id=account.id, **values)
        .on_conflict_do_update(index_elements=[rhythms.c.account_id], set_=values)
    )


def list_rhythms(connection: sa.Connection, viewer: Viewer) -> Mapping[AccountId, tuple[datetime, Mapping[str, Any]]]:
    """Return when each account's rhythm was learned, and what was."""
    query = sa.select(rhythms).where(sees_organisation(viewer, rhythms))
    return {row["account_id"]: (row["learned_at"], row["learned"]) for row in connection.execute(query).mappings()}
