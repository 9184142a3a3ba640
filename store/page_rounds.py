"""Rounds: how far what a page received has been looked at again, and how it reads as far as we know."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.account import Account
from domain.evidence import EvidenceKind
from domain.ids import AccountId, Digest, MessageId
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import evidence, ledger, messages, page_rounds
from store.statements import in_parts
from store.visibility import sees_message, sees_organisation


@dataclass(frozen=True, slots=True)
class Round:
    """How far a round has come."""

    #: The last row of the ledger that was asked about; 0: it begins.
    after_row: int
    looked_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """How a message read last, as far as we know."""

    #: Of the original as it came first.
    digest: Digest
    #: What it was changed to last; None: it never was.
    text: str | None


def find_round(connection: sa.Connection, viewer: Viewer, account: AccountId) -> Round | None:
    """Return how far the round of an account has come; None: none has begun."""
    query = sa.select(page_rounds.c.after_row, page_rounds.c.looked_at).where(
        page_rounds.c.account_id == account, sees_organisation(viewer, page_rounds)
    )
    row = connection.execute(query).first()
    return None if row is None else Round(row.after_row, row.looked_at)


def set_round(connection: sa.Connection, account: Account, after_row: int, at: datetime) -> None:
    """Note how far the round of an account has come."""
    values = {"organisation_id": account.organisation, "after_row": after_row, "looked_at": at}
    statement = upsert(connection, page_rounds).values(account_id=account.id, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[page_rounds.c.account_id], set_=values)
    )  # fmt: skip


def count_standing(connection: sa.Connection, viewer: Viewer, account: AccountId, since: datetime) -> int:
    """Return how many messages came to an account since then and have not disappeared."""
    query = sa.select(sa.func.count()).select_from(ledger).where(*_standing(viewer, account, since))
    return connection.scalar(query) or 0


def list_slice(
    connection: sa.Connection, viewer: Viewer, account: AccountId, since: datetime, after_row: int, limit: int
) -> tuple[tuple[int, str], ...]:
    """Return the next rows of the ledger that came since then and stand there: row and identity, in order."""
    query = (
        sa.select(ledger.c.id, ledger.c.identity)
        .where(*_standing(viewer, account, since), ledger.c.id > after_row)
        .order_by(ledger.c.id)
        .limit(limit)
    )
    return tuple((row.id, row.identity) for row in connection.execute(query))


def find_versions(
    connection: sa.Connection, viewer: Viewer, of: Collection[MessageId]
) -> dict[MessageId, Version]:  # fmt: skip
    """Return how messages read last; none of those that the viewer may not see."""
    found: dict[MessageId, Version] = {}
    for some in in_parts(sorted(of)):
        query = sa.select(messages.c.id, messages.c.digest).where(messages.c.id.in_(some), sees_message(viewer))
        found |= {MessageId(row.id): Version(Digest(row.digest), None) for row in connection.execute(query)}
        edits = (
            sa.select(evidence.c.message_row, evidence.c.details)
            .where(evidence.c.message_row.in_(list(found)), evidence.c.kind == EvidenceKind.edited)
            .order_by(evidence.c.id)
        )
        for row in connection.execute(edits):
            id = MessageId(row.message_row)
            found[id] = Version(found[id].digest, str(row.details.get("text", "")))
    return found


def _standing(viewer: Viewer, account: AccountId, since: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        ledger.c.account_id == account, ledger.c.gone_at.is_(None), ledger.c.provider_at >= since,
        sees_organisation(viewer, ledger),
    )  # fmt: skip
