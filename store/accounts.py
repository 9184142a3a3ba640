"""Accounts: how far each is read, and how the last visits went."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.errors import Unreachable
from domain.finding import Heartbeat, rests
from domain.ids import AccountId, OrganisationId
from domain.viewer import Viewer
from store.columns import Instant
from store.leases import upsert
from store.schema import accounts
from store.visibility import sees_organisation


def get_cursor(connection: sa.Connection, viewer: Viewer, account: AccountId) -> Mapping[str, Any] | None:
    """Return the position up to which everything is stored; None: the account was never read."""
    query = sa.select(accounts.c.cursor).where(accounts.c.account_id == account, sees_organisation(viewer, accounts))
    cursor: Mapping[str, Any] | None = connection.scalar(query)
    return cursor


def set_cursor(
    connection: sa.Connection, account: AccountId, organisation: OrganisationId, cursor: Mapping[str, Any]
) -> None:
    """Move the position; in the transaction that stores what came before it (P1)."""
    _set(connection, account, organisation, cursor=dict(cursor))


def mark_read(connection: sa.Connection, account: AccountId, organisation: OrganisationId, at: datetime) -> None:
    """Note a visit that went well; the first of them stays known."""
    first = sa.func.coalesce(accounts.c.first_read_at, at, type_=Instant)
    values = {
        "visited_at": at, "read_at": at, "rests_until": None, "failing_since": None, "failed_step": "", "failure": "",
    }  # fmt: skip
    connection.execute(
        upsert(connection, accounts)
        .values(account_id=account, organisation_id=organisation, first_read_at=at, **values)
        .on_conflict_do_update(
            index_elements=[accounts.c.account_id],
            set_={"organisation_id": organisation, "first_read_at": first, **values},
        )
    )


def mark_resting(
    connection: sa.Connection, account: AccountId, organisation: OrganisationId, at: datetime, until: datetime
) -> None:  # fmt: skip
    """Note a visit that asked nothing, because the provider's limit is near: it says nothing of how reading goes."""
    _set(connection, account, organisation, visited_at=at, rests_until=until)


def rests_until(connection: sa.Connection, viewer: Viewer, account: AccountId, now: datetime) -> datetime | None:
    """Return until when the account's provider is asked nothing; None: it may be asked."""
    query = sa.select(accounts.c.visited_at, accounts.c.rests_until).where(
        accounts.c.account_id == account, accounts.c.rests_until > now, sees_organisation(viewer, accounts)
    )
    row = connection.execute(query).first()
    if row is None or not rests(row.visited_at, row.rests_until, now):
        return None
    until: datetime = row.rests_until
    return until


def mark_failed(
    connection: sa.Connection, account: AccountId, organisation: OrganisationId, at: datetime, error: Unreachable
) -> None:
    """Note a visit that failed; the first failure in a row says since when."""
    _set_failing(connection, account, organisation, at, error, visited_at=at)


def mark_kept_waiting(
    connection: sa.Connection, account: AccountId, organisation: OrganisationId, at: datetime, error: Unreachable
) -> None:
    """Note that nobody could get to the account, for a fault of its host; it was not visited."""
    _set_failing(connection, account, organisation, at, error)


def _set_failing(
    connection: sa.Connection, account: AccountId, organisation: OrganisationId, at: datetime, error: Unreachable,
    **visited: datetime,
) -> None:  # fmt: skip
    values = {"failed_step": error.step, "failure": str(error), **visited}
    connection.execute(
        upsert(connection, accounts)
        .values(account_id=account, organisation_id=organisation, failing_since=at, **values)
        .on_conflict_do_update(
            index_elements=[accounts.c.account_id],
            set_={
                "organisation_id": organisation,
                "failing_since": sa.func.coalesce(accounts.c.failing_since, at, type_=Instant),
                **values,
            },
        )
    )


def list_heartbeats(connection: sa.Connection, viewer: Viewer) -> tuple[Heartbeat, ...]:
    """Return how the last visits to each account went."""
    query = sa.select(accounts).where(sees_organisation(viewer, accounts)).order_by(accounts.c.account_id)
    return tuple(
        Heartbeat(
            account=row["account_id"],
            organisation=row["organisation_id"],
            visited_at=row["visited_at"],
            read_at=row["read_at"],
            failing_since=row["failing_since"],
            failed_step=row["failed_step"],
            failure=row["failure"],
            rests_until=row["rests_until"],
        )
        for row in connection.execute(query).mappings()
    )


def _set(connection: sa.Connection, account: AccountId, organisation: OrganisationId, **values: Any) -> None:
    connection.execute(
        upsert(connection, accounts)
        .values(account_id=account, organisation_id=organisation, **values)
        .on_conflict_do_update(index_elements=[accounts.c.account_id], set_={"organisation_id": organisation, **values})
    )
