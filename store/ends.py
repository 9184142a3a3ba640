"""Ends: what each account needs and that ends, such as certificates and tokens, as it was seen last."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from domain.account import Account
from domain.ids import AccountId
from domain.viewer import Viewer
from store.schema import ends
from store.visibility import sees_organisation


def note_ends(connection: sa.Connection, account: Account, seen: Iterable[tuple[str, datetime]], at: datetime) -> None:
    """Keep what an account needs and when it ends, as `Health.ends` has it; what is no longer seen is forgotten.

    It is looked at with every visit, and written when it changes.
    """
    now = dict(seen)
    query = sa.select(ends.c.what, ends.c.ends_at).where(ends.c.account_id == account.id)
    before = {row.what: row.ends_at for row in connection.execute(query)}
    if before == now:
        return
    connection.execute(ends.delete().where(ends.c.account_id == account.id))
    values = {"account_id": account.id, "organisation_id": account.organisation, "seen_at": at}
    if now:
        rows = [{**values, "what": what, "ends_at": ends_at} for what, ends_at in sorted(now.items())]
        connection.execute(ends.insert(), rows)


def list_ends(connection: sa.Connection, viewer: Viewer) -> Mapping[AccountId, tuple[tuple[str, datetime], ...]]:
    """Return what ends of each account, soonest first."""
    query = sa.select(ends).where(sees_organisation(viewer, ends)).order_by(ends.c.ends_at, ends.c.what)
    found: dict[AccountId, tuple[tuple[str, datetime], ...]] = {}
    for row in connection.execute(query).mappings():
        account = AccountId(row["account_id"])
        found[account] = (*found.get(account, ()), (row["what"], row["ends_at"]))
    return found
