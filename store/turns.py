"""Turns: which rows of a queue are claimed next: what is urgent first, then every account in its turn."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The rows of a table that wait, in the words by which the planners know its indexes.

    It needs partial indexes of what waits: by `order`, by `account_id` and `id`, and one that finds what is urgent.
    """

    table: sa.Table
    #: What waits, or is at work.
    waiting: str
    #: Which of it goes before all else.
    urgent: str
    #: What comes first while all of it can be claimed.
    order: tuple[sa.Column[Any], ...]


def hold_next(
    connection: sa.Connection, line: Line, columns: Sequence[sa.Column[Any]], free: sa.ColumnElement[bool], limit: int
) -> list[sa.Row[Any]]:
    """Lock and return up to `limit` rows that may be claimed, `id` the first of their columns.

    While fewer wait they are all returned, the oldest first, by one question. Else the urgent come first, and every
    account gets an equal share of the rest: a mailbox in which ten thousand wait delays nobody else's.
    """
    query = (
        sa.select(*columns).where(sa.text(line.waiting), free).order_by(*line.order).with_for_update(skip_locked=True)
    )
    oldest = list(connection.execute(query.limit(limit)))
    if len(oldest) < limit:
        return oldest
    chosen = list(connection.execute(query.where(sa.text(line.urgent)).limit(limit)))
    accounts = _accounts(connection, line) if len(chosen) < limit else []
    for place, account in enumerate(accounts):
        share = -(-(limit - len(chosen)) // (len(accounts) - place))
        others = query.where(line.table.c.account_id == account, sa.text(f"NOT ({line.urgent})"))
        chosen += connection.execute(others.order_by(None).order_by(line.table.c.id).limit(share))
    known = {row.id for row in chosen}
    # Where an account has less than its share, the oldest of the others take its places.
    return [*chosen, *(row for row in oldest if row.id not in known)][:limit]


def _accounts(connection: sa.Connection, line: Line) -> list[str]:
    """Return the accounts for which something waits, by chance: no order would be fair to the last.

    It goes from one account to the next in the index, and reads one entry of each.
    """
    rows = line.table
    first = sa.select(sa.func.min(rows.c.account_id).label("account_id")).where(sa.text(line.waiting)).cte(
        "waiting_accounts", recursive=True
    )  # fmt: skip
    after = sa.select(sa.func.min(rows.c.account_id)).where(
        sa.text(line.waiting), rows.c.account_id > first.c.account_id
    )
    every = first.union_all(sa.select(after.scalar_subquery()).where(first.c.account_id.is_not(None)))
    found = [id for id in connection.scalars(sa.select(every.c.account_id)) if id is not None]
    random.shuffle(found)
    return found
