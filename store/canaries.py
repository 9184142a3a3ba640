"""Canaries: which test mails were sent, and when each arrived."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from domain.canary import Canary
from domain.ids import AccountId
from domain.viewer import Viewer
from store.schema import canaries
from store.statements import in_parts
from store.visibility import sees_organisation


def add_canary(connection: sa.Connection, canary: Canary) -> None:
    """Note a test mail that is about to be sent."""
    connection.execute(
        canaries.insert().values(
            mark=canary.mark, organisation_id=canary.organisation, account_id=canary.account, sent_at=canary.sent_at
        )
    )


def drop_canary(connection: sa.Connection, mark: str) -> None:
    """Forget a test mail that was not sent after all."""
    connection.execute(canaries.delete().where(canaries.c.mark == mark))


def note_arrived(connection: sa.Connection, account: AccountId, marks: Collection[str], at: datetime) -> frozenset[str]:
    """Note that test mails of an account arrived; return which of the marks are of such mails."""
    known: set[str] = set()
    for some in in_parts(sorted(marks)):
        of_account = (canaries.c.account_id == account, canaries.c.mark.in_(some))
        known |= set(connection.scalars(sa.select(canaries.c.mark).where(*of_account)))
        connection.execute(canaries.update().where(*of_account, canaries.c.arrived_at.is_(None)).values(arrived_at=at))
    return frozenset(known)


def find_canaries(
    connection: sa.Connection, viewer: Viewer, marks: Collection[str]
) -> frozenset[tuple[AccountId, str]]:
    """Return which of these marks are of test mails of ours, each with the account that it was sent to."""
    found: set[tuple[AccountId, str]] = set()
    for some in in_parts(sorted(marks)):
        query = sa.select(canaries.c.account_id, canaries.c.mark).where(
            canaries.c.mark.in_(some), sees_organisation(viewer, canaries)
        )
        found |= {(AccountId(account), mark) for account, mark in connection.execute(query)}
    return frozenset(found)


def list_last_canaries(
    connection: sa.Connection, viewer: Viewer, *, sent_before: datetime | None = None
) -> dict[AccountId, Canary]:
    """Return the last test mail that was sent to each account; with `sent_before`, of those sent by then."""
    last = sa.select(canaries.c.account_id, sa.func.max(canaries.c.sent_at).label("sent_at"))
    if sent_before is not None:
        last = last.where(canaries.c.sent_at <= sent_before)
    latest = last.group_by(canaries.c.account_id).subquery()
    query = (
        sa.select(canaries)
        .join(latest, sa.and_(canaries.c.account_id == latest.c.account_id, canaries.c.sent_at == latest.c.sent_at))
        .where(sees_organisation(viewer, canaries))
    )
    return {
        row["account_id"]: Canary(
            organisation=row["organisation_id"], account=row["account_id"], mark=row["mark"],
            sent_at=row["sent_at"], arrived_at=row["arrived_at"],
        )
        for row in connection.execute(query).mappings()
    }  # fmt: skip
