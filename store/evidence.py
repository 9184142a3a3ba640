"""Evidence: what was seen to happen to messages in their mailboxes, written once however often it is seen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.account import Account
from domain.evidence import Evidence, EvidenceKind
from domain.ids import AccountId, MessageId
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import evidence, ledger, messages
from store.statements import in_parts
from store.visibility import sees_message, sees_organisation


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that was seen to happen to an identity of the ledger."""

    entry: int
    message: MessageId | None
    kind: EvidenceKind
    details: dict[str, Any] = field(default_factory=dict)
    #: When it happened; None: when it was seen.
    at: datetime | None = None
    #: What makes it the same when it is seen again; empty: it is only ever seen once.
    key: str = ""
    #: When the message came, where that tells whether a person did it.
    arrived_at: datetime | None = None


def add_evidence(connection: sa.Connection, account: Account, seen: Sequence[Seen], at: datetime) -> tuple[Seen, ...]:
    """Write down what was seen; return what of it was new."""
    new: list[Seen] = []
    for each in seen:
        statement = (
            upsert(connection, evidence)
            .values(
                organisation_id=account.organisation,
                account_id=account.id,
                ledger_row=each.entry,
                message_row=each.message,
                kind=each.kind,
                at=each.at or at,
                noted_at=at,
                details=each.details,
                key=each.key or at.isoformat(),
            )
            .on_conflict_do_nothing()
            .returning(evidence.c.id)
        )
        if connection.execute(statement).first() is not None:
            new.append(each)
    return tuple(new)


def add_about_message(
    connection: sa.Connection, account: Account, message: MessageId, kind: EvidenceKind, *, at: datetime,
    noted_at: datetime, key: str, details: dict[str, Any],
) -> bool:  # fmt: skip
    """Write down evidence about a message, at its newest identity; return whether it was new."""
    newest = connection.scalar(sa.select(sa.func.max(ledger.c.id)).where(ledger.c.message_row == message))
    if newest is None:
        return False
    return bool(add_evidence(connection, account, [Seen(newest, message, kind, details, at, key)], noted_at))


def list_of_message(connection: sa.Connection, viewer: Viewer, message: MessageId) -> tuple[Evidence, ...]:
    """Return the evidence about a message, oldest first; none when the viewer may not know of the message."""
    return _listed(connection, viewer, evidence.c.message_row == message)


def list_of_messages(
    connection: sa.Connection, viewer: Viewer, about: Collection[MessageId]
) -> dict[MessageId, tuple[Evidence, ...]]:
    """Return the evidence about each of these messages, oldest first; none about what the viewer may not know of."""
    found: dict[MessageId, tuple[Evidence, ...]] = dict.fromkeys(about, ())
    for some in in_parts(sorted(about)):
        for each in _listed(connection, viewer, evidence.c.message_row.in_(some)):
            if each.message is not None:
                found[each.message] += (each,)
    return {id: each for id, each in found.items() if each}


def list_of_entries(
    connection: sa.Connection, viewer: Viewer, entries: Collection[int]
) -> dict[int, tuple[Evidence, ...]]:
    """Return the evidence about rows of a watch_only account's ledger, oldest first."""
    found: dict[int, tuple[Evidence, ...]] = {}
    for entry in sorted(entries):
        own = (evidence.c.ledger_row == entry, evidence.c.message_row.is_(None))
        found[entry] = _listed(connection, viewer, *own)
    return {entry: each for entry, each in found.items() if each}


def list_of_account(
    connection: sa.Connection, viewer: Viewer, account: AccountId, *, since: datetime | None = None
) -> tuple[Evidence, ...]:
    """Return the evidence in an account, oldest first; none about messages that the viewer may not know of."""
    conditions = [evidence.c.account_id == account]
    return _listed(connection, viewer, *conditions, *([] if since is None else [evidence.c.at >= since]))


def _listed(
    connection: sa.Connection, viewer: Viewer, *conditions: sa.ColumnElement[bool]
) -> tuple[Evidence, ...]:  # fmt: skip
    query = (
        sa.select(evidence)
        .outerjoin(messages, messages.c.id == evidence.c.message_row)
        .where(
            *conditions,
            sees_organisation(viewer, evidence),
            sa.or_(evidence.c.message_row.is_(None), sees_message(viewer)),
        )
        .order_by(evidence.c.at, evidence.c.id)
    )
    return tuple(
        Evidence(
            kind=EvidenceKind(row["kind"]),
            account=row["account_id"],
            message=row["message_row"],
            at=row["at"],
            noted_at=row["noted_at"],
            details=row["details"],
        )
        for row in connection.execute(query).mappings()
    )
