"""Traffic: how much came to each account, and how much people did there, by the hour; no message is named."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import sqlalchemy as sa

from domain.account import Account
from domain.ids import AccountId
from domain.viewer import Viewer
from store.schema import accounts, traffic
from store.statements import insert_into
from store.visibility import sees_organisation

#: A stamp further ahead than clocks go wrong by is nobody's time.
AHEAD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hour:
    """What happened in one hour of an account."""

    at: datetime
    arrived: int
    handled: int


def add_arrived(connection: sa.Connection, account: Account, times: Iterable[datetime], now: datetime) -> None:
    """Count what came to an account, each by the provider's time; what lies in the future came now."""
    came = [min(at, now + AHEAD) for at in times]
    if not came:
        return
    _count(connection, account, Counter(_hour(at) for at in came), "arrived")
    values = {"account_id": account.id, "organisation_id": account.organisation, "last_arrival_at": max(came)}
    connection.execute(_last_arrival(connection.dialect.name), values)


def add_handled(connection: sa.Connection, account: Account, times: Iterable[datetime]) -> None:
    """Count what people did in an account."""
    _count(connection, account, Counter(_hour(at) for at in times), "handled")


def list_traffic(
    connection: sa.Connection, viewer: Viewer, account: AccountId, since: datetime, until: datetime
) -> tuple[Hour, ...]:
    """Return the hours in which something happened, from the hour of `since` on and before `until`, oldest first."""
    query = (
        sa.select(traffic.c.hour_at, traffic.c.arrived, traffic.c.handled)
        .where(
            traffic.c.account_id == account, traffic.c.hour_at >= _hour(since), traffic.c.hour_at < until,
            sees_organisation(viewer, traffic),
        )
        .order_by(traffic.c.hour_at)
    )  # fmt: skip
    return tuple(Hour(at, arrived, handled) for at, arrived, handled in connection.execute(query))


def _count(connection: sa.Connection, account: Account, counts: Counter[datetime], what: str) -> None:
    own = {"account_id": account.id, "organisation_id": account.organisation}
    rows = [{**own, "hour_at": hour_at, what: count} for hour_at, count in sorted(counts.items())]
    if rows:
        connection.execute(_add(connection.dialect.name, what), rows)


@lru_cache(maxsize=8)
def _add(dialect: str, what: str) -> sa.Insert:
    statement = insert_into(dialect, traffic)
    return statement.on_conflict_do_update(
        index_elements=[traffic.c.account_id, traffic.c.hour_at],
        set_={what: traffic.c[what] + statement.excluded[what]},
    )


@lru_cache(maxsize=4)
def _last_arrival(dialect: str) -> sa.Insert:
    statement = insert_into(dialect, accounts)
    later = sa.or_(
        accounts.c.last_arrival_at.is_(None), accounts.c.last_arrival_at < statement.excluded.last_arrival_at
    )
    return statement.on_conflict_do_update(
        index_elements=[accounts.c.account_id],
        set_={"last_arrival_at": statement.excluded.last_arrival_at},
        where=later,
    )


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
