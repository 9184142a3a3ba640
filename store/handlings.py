"""Handlings: which messages people are to handle, and which they have; one row each, and nothing of their content."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.account import Account
from domain.evidence import EvidenceKind
from domain.facts import Workload
from domain.ids import AccountId, MessageId, OrganisationId, TicketId
from domain.viewer import Viewer
from store.rows import insert_new
from store.schema import accounts, handlings, messages
from store.schema.watched import UNHANDLED
from store.visibility import sees_organisation

#: What says that a message was opened, in lower case.
READ = frozenset({"\\seen", "\\answered"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Something that people are to handle: a message, or of a watch_only account a row of the ledger."""

    organisation: OrganisationId
    account: AccountId
    arrived_at: datetime
    message: MessageId | None = None
    entry: int | None = None
    #: None: nobody has handled it yet.
    handled_at: datetime | None = None
    how: EvidenceKind | None = None


def was_read(flags: Collection[str]) -> bool:
    """Ask whether flags say that somebody has opened a message; names in any case, as servers write them."""
    return not {flag.lower() for flag in flags}.isdisjoint(READ)


def add_owed(connection: sa.Connection, owed: Sequence[Owed]) -> None:
    """Note what people are to handle; what is noted already stays as it is."""
    insert_new(connection, handlings, [_row(each) for each in owed])


def set_handled(
    connection: sa.Connection, *, message: MessageId | None = None, entry: int | None = None,
    at: datetime | None, how: EvidenceKind | None,
) -> bool:  # fmt: skip
    """Note when something was handled, or that it waits again; return whether it is noted at all and changed."""
    key = handlings.c.message_row == message if message is not None else handlings.c.ledger_row == entry
    changed = sa.or_(handlings.c.handled_at.is_distinct_from(at), handlings.c.how != (how or ""))
    result = connection.execute(handlings.update().where(key, changed).values(handled_at=at, how=how or ""))
    return result.rowcount == 1


def set_ticket_handled(connection: sa.Connection, ticket: TicketId, at: datetime, how: EvidenceKind) -> None:
    """Note that what waits of a ticket is handled: copies in other mailboxes have no sign of their own."""
    of_ticket = sa.select(messages.c.id).where(messages.c.ticket_id == ticket)
    waiting = (handlings.c.message_row.in_(of_ticket), handlings.c.handled_at.is_(None), handlings.c.arrived_at <= at)
    connection.execute(handlings.update().where(*waiting).values(handled_at=at, how=how))


def note_person(connection: sa.Connection, account: Account, at: datetime) -> None:
    """Note that a person did something in an account; an earlier time than is known changes nothing."""
    later = sa.or_(accounts.c.last_handled_at.is_(None), accounts.c.last_handled_at < at)
    connection.execute(accounts.update().where(accounts.c.account_id == account.id, later).values(last_handled_at=at))


def note_post(connection: sa.Connection, account: Account, at: datetime) -> None:
    """Note that an account said something of its own: a post, or an answer in the open."""
    later = sa.or_(accounts.c.last_post_at.is_(None), accounts.c.last_post_at < at)
    connection.execute(accounts.update().where(accounts.c.account_id == account.id, later).values(last_post_at=at))


def note_auto_reply(connection: sa.Connection, account: AccountId, at: datetime) -> None:
    """Note that another machine answered from an account's address: an absence notice, an instant reply."""
    later = sa.or_(accounts.c.auto_replied_at.is_(None), accounts.c.auto_replied_at < at)
    connection.execute(accounts.update().where(accounts.c.account_id == account, later).values(auto_replied_at=at))


def list_workloads(connection: sa.Connection, viewer: Viewer) -> dict[AccountId, Workload]:
    """Return what waits in each account that was ever visited, and when something last happened in it.

    Only what waits is counted: as cheap with a million handled messages as with none.
    """
    query = (
        sa.select(handlings.c.account_id, sa.func.min(handlings.c.arrived_at), sa.func.count())
        .where(sa.text(UNHANDLED), sees_organisation(viewer, handlings))
        .group_by(handlings.c.account_id)
    )
    waiting = {account: (oldest_at, count) for account, oldest_at, count in connection.execute(query)}
    found = {}
    for row in connection.execute(sa.select(accounts).where(sees_organisation(viewer, accounts))).mappings():
        oldest_at, count = waiting.get(row["account_id"], (None, 0))
        found[row["account_id"]] = Workload(
            unhandled=count,
            oldest_unhandled_at=oldest_at,
            last_handled_at=row["last_handled_at"],
            last_arrival_at=row["last_arrival_at"],
            last_post_at=row["last_post_at"],
            auto_replied_at=row["auto_replied_at"],
            first_read_at=row["first_read_at"],
        )
    return found


def _row(owed: Owed) -> dict[str, object]:
    return {
        "organisation_id": owed.organisation,
        "account_id": owed.account,
        "message_row": owed.message,
        "ledger_row": owed.entry,
        "arrived_at": owed.arrived_at,
        "handled_at": owed.handled_at,
        "how": owed.how or "",
    }
