"""What people changed of accounts in the pages: rows that are added, and never altered."""

import sqlalchemy as sa

from domain.account_change import AccountChange, ChangeKind, Laid
from domain.ids import AccountId
from domain.viewer import Viewer
from store.schema import account_changes
from store.visibility import sees_organisation


def add_account_change(connection: sa.Connection, change: AccountChange) -> None:
    """Store a change; every process works with it from its next look at the configuration."""
    connection.execute(
        account_changes.insert().values(
            organisation_id=change.organisation,
            account_id=change.account,
            kind=change.kind,
            at=change.at,
            actor=change.actor,
            reason=change.reason,
            overlay={name: [laid.value, laid.said] for name, laid in change.overlay.items()},
        )
    )


def list_account_changes(
    connection: sa.Connection, viewer: Viewer, account: AccountId | None = None
) -> tuple[AccountChange, ...]:
    """Return the changes in the order in which they were made, of one account or of all."""
    query = sa.select(account_changes).where(sees_organisation(viewer, account_changes)).order_by(account_changes.c.id)
    if account is not None:
        query = query.where(account_changes.c.account_id == account)
    return tuple(_change(row) for row in connection.execute(query).mappings())


def _change(row: sa.RowMapping) -> AccountChange:
    return AccountChange(
        account=row["account_id"],
        organisation=row["organisation_id"],
        kind=ChangeKind(row["kind"]),
        at=row["at"],
        actor=row["actor"],
        reason=row["reason"],
        overlay={name: Laid(value=value, said=said) for name, (value, said) in row["overlay"].items()},
    )
