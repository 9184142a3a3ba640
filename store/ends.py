"""Ends: what each account needs and that ends, such as certificates and tokens, as it was seen last."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from domain.account import Account
from domain.ids import AccountId
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import ends
from store.visibility import sees_organisation


def note_ends(connection: sa.Connection, account: Account, seen: Iterable[tuple[str, datetime]], at: datetime) -> None:
    """Keep what an account needs and when it ends, as `Health.ends` has it; what is no longer seen is forgotten."""
    for what, ends_at in sorted(seen):
        values = {"ends_at": ends_at, "seen_at": at, "organisation_id": account.organisation}
        connection.execute(
            upsert(connection, ends)
            .values(account_id=account.id, what=what, **values)
            .on_conflict_do_update(index_elements=[ends.c.account_id, ends.c.what], set_=values)
        )
    connection.execute(ends.delete().where(ends.c.account_id == account.id, ends.c.seen_at < at))


def list_ends(connection: sa.Connection, viewer: Viewer) -> Mapping[AccountId, tuple[tuple[str, datetime], ...]]:
    """Return what ends of each account, soonest first."""
    query = sa.select(ends).where(sees_organisation(viewer, ends)).order_by(ends.c.ends_at, ends.c.what)
    found: dict[AccountId, tuple[tuple[str, datetime], ...]] = {}
    for row in connection.execute(query).mappings():
        account = AccountId(row["account_id"])
        found[account] = (*found.get(account, ()), (row["what"], row["ends_at"]))
    return found
