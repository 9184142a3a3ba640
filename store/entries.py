"""Entries: what stands in the ledger of what exists in the accounts. No content stands in it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.ids import AccountId, MessageId
from domain.viewer import Viewer
from store.columns import as_key
from store.schema import ledger
from store.statements import in_parts
from store.visibility import sees_organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One identity in the ledger."""

    id: int
    identity: str
    folder: str
    flags: frozenset[str]
    message: MessageId | None
    gone: bool
    #: When the provider says it came.
    provider_at: datetime


def find_entries(
    connection: sa.Connection, viewer: Viewer, account: AccountId, identities: Collection[str]
) -> dict[str, Entry]:
    """Return what the ledger has of these identities, by key. No content stands in it."""
    found: dict[str, Entry] = {}
    for some in in_parts(list(identities)):
        entries = list_entries(connection, viewer, ledger.c.account_id == account, ledger.c.identity_key.in_(some))
        found |= {as_key(entry.identity): entry for entry in entries}
    return found


def list_there(connection: sa.Connection, viewer: Viewer, account: AccountId) -> tuple[Entry, ...]:
    """Return everything of an account that has not disappeared. No content stands in it."""
    return tuple(list_entries(connection, viewer, ledger.c.account_id == account, ledger.c.gone_at.is_(None)))


def place_of(identity: str) -> str:
    """Return where a message lies: its folder with its UIDVALIDITY.

    >>> place_of("INBOX/7/42")
    'INBOX/7'
    """
    return identity.rpartition("/")[0]


def by_message(
    connection: sa.Connection, viewer: Viewer, rows: Collection[MessageId], *, gone: bool = False
) -> dict[MessageId, list[Entry]]:
    """Return the identities of messages, oldest first; `gone`: those that have disappeared too."""
    found: dict[MessageId, list[Entry]] = defaultdict(list)
    for some in in_parts(sorted(rows)):
        conditions = [ledger.c.message_row.in_(some)]
        for entry in list_entries(connection, viewer, *conditions, *([] if gone else [ledger.c.gone_at.is_(None)])):
            if entry.message is not None:
                found[entry.message].append(entry)
    return found


def list_entries(
    connection: sa.Connection, viewer: Viewer, *conditions: sa.ColumnElement[bool]
) -> Iterable[Entry]:  # fmt: skip
    """Yield the entries that meet conditions, oldest first. No content stands in them."""
    query = sa.select(
        ledger.c.id, ledger.c.identity, ledger.c.folder, ledger.c.flags, ledger.c.message_row, ledger.c.gone_at,
        ledger.c.provider_at,
    ).where(sees_organisation(viewer, ledger), *conditions)  # fmt: skip
    for id, identity, folder, flags, message, gone_at, provider_at in connection.execute(query.order_by(ledger.c.id)):
        yield Entry(
            id=id,
            identity=identity,
            folder=folder,
            flags=frozenset(flags),
            message=None if message is None else MessageId(message),
            gone=gone_at is not None,
            provider_at=provider_at,
        )
