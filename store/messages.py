"""Messages: stored as they arrive, claimed in batches, decided once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.account import Account
from domain.ids import AccountId, Digest, MessageId, OrganisationId, OutgoingId, TicketId
from domain.message import Arrival, Fate, Message
from domain.viewer import Viewer
from store.files import add_files
from store.merges import in_ticket
from store.originals import put_originals
from store.rows import insert_new, set_all
from store.schema import messages, tickets
from store.search_index import Searched, put_words
from store.statements import in_parts
from store.visibility import sees_content, sees_message

#: By what a message that was stored before is known (P2).
KNOWN_BY = ("account_id", "identity_key")

#: Of messages whose claim still holds.
_HELD = (messages.c.claimed_by == sa.bindparam("worker"), messages.c.fate == Fate.waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedMessage:
    """A claimed message with what was decided about it."""

    id: MessageId
    fate: Fate
    message: Message
    letter: Digest
    ticket: TicketId | None
    #: The row the message is attached to: what it answers or reports on.
    outgoing: OutgoingId | None
    explanation: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A decided message as it is shown."""

    id: MessageId
    organisation: OrganisationId
    account: AccountId
    ticket: TicketId | None
    digest: Digest
    media_type: str
    fate: Fate
    arrived_at: datetime
    stored_at: datetime
    sender_name: str
    sender_address: str
    subject: str
    text: str
    quoted: str
    attachments: tuple[dict[str, Any], ...]
    defects: tuple[str, ...]
    #: As `explain --json` prints it.
    explanation: dict[str, Any]
    decided_by: str


def add_arrivals(connection: sa.Connection, account: Account, arrivals: Sequence[Arrival], at: datetime) -> int:
    """Store originals and message rows; return how many were new. What is stored already is passed over (P2)."""
    brought = [(arrival.original, arrival.media_type) for arrival in arrivals]
    digests = put_originals(connection, account.organisation, brought)
    rows = [
        {
            "organisation_id": account.organisation,
            "account_id": account.id,
            "channel": account.channel,
            "identity": arrival.identity,
            "identity_key": arrival.identity,
            "digest": digest,
            "media_type": arrival.media_type,
            "size_bytes": len(arrival.original),
            "folder": arrival.folder,
            "role": arrival.role,
            "flags": sorted(arrival.flags),
            "provider_at": arrival.provider_at,
            "stored_at": at,
            "history": arrival.history,
            "fate": Fate.waiting,
        }
        for arrival, digest in zip(arrivals, digests, strict=True)
    ]
    new = insert_new(connection, messages, rows, returning=("id", "identity_key"), conflict=KNOWN_BY)
    add_files(connection, account, arrivals, {row.identity_key: MessageId(row.id) for row in new})
    return len(new)


def mark_decided(
    connection: sa.Connection, decided: Sequence[DecidedMessage], worker: str, *, at: datetime
) -> bool:  # fmt: skip
    """Write what was decided of messages whose claim still holds; return whether all of them did.

    From then on they are found by their words. When one does not hold, the caller's transaction must roll back.
    """
    rows = [_decided_row(each, worker, at) for each in decided]
    if set_all(connection, messages, rows, *_HELD, worker=worker) != len(rows):
        return False
    put_words(connection, [_searched(row) for row in rows])
    return True


def _searched(row: Mapping[str, Any]) -> Searched:
    return Searched(
        id=row["id"],
        fate=row["fate"],
        sender_name=row["sender_name"],
        sender_address=row["sender_address"],
        subject=row["subject"],
        text=row["text"],
    )


def _decided_row(decided: DecidedMessage, worker: str, at: datetime) -> dict[str, Any]:
    message = decided.message
    return {
        "id": decided.id,
        "fate": decided.fate,
        "decided_at": at,
        "decided_by": worker,
        "lease_until": None,
        "ticket_id": decided.ticket,
        "outgoing_id": decided.outgoing,
        "arrived_at": message.arrived_at,
        "letter": decided.letter,
        "message_id": message.message_id,
        "message_id_key": message.message_id,
        "sender_name": message.sender.name if message.sender else "",
        "sender_address": message.sender.address if message.sender else "",
        "subject": message.subject,
        "text": message.text,
        "quoted": message.quoted,
        "attachments": [
            {
                "name": part.name,
                "media_type": part.media_type,
                "size_bytes": part.size_bytes,
                "kind": part.kind,
                "title": part.title,
            }
            for part in message.attachments
        ],
        "defects": list(message.defects),
        "explanation": decided.explanation,
    }


def list_of_ticket(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> tuple[StoredMessage, ...]:
    """Return a ticket's messages, oldest first; none when the viewer may not see its content."""
    query = (
        sa.select(messages)
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .where(in_ticket(messages.c.ticket_id, ticket), sees_content(viewer))
        .order_by(messages.c.arrived_at, messages.c.id)
    )
    return tuple(stored_message(row) for row in connection.execute(query).mappings())


def find_latest(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> MessageId | None:
    """Return the message that came into a ticket last; None: none that the viewer may see."""
    query = (
        sa.select(sa.func.max(messages.c.id))
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .where(in_ticket(messages.c.ticket_id, ticket), sees_content(viewer))
    )
    latest: MessageId | None = connection.scalar(query)
    return latest


def get_message(connection: sa.Connection, viewer: Viewer, id: MessageId) -> StoredMessage:
    """Return a message that belongs to a ticket the viewer may see. Raises KeyError otherwise."""
    query = (
        sa.select(messages)
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .where(messages.c.id == id, sees_content(viewer))
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise KeyError(id)
    return stored_message(row)


def list_opening(
    connection: sa.Connection, viewer: Viewer, ids: Collection[TicketId]
) -> dict[TicketId, MessageId]:  # fmt: skip
    """Return the first message of each ticket, of those whose content the viewer may see."""
    found: dict[TicketId, MessageId] = {}
    for some in in_parts(sorted(ids)):
        query = (
            sa.select(messages.c.ticket_id, sa.func.min(messages.c.id))
            .join(tickets, tickets.c.id == messages.c.ticket_id)
            .where(messages.c.ticket_id.in_(some), sees_content(viewer))
            .group_by(messages.c.ticket_id)
        )
        found |= {TicketId(ticket): MessageId(first) for ticket, first in connection.execute(query)}
    return found


def find_ticket(connection: sa.Connection, viewer: Viewer, id: MessageId) -> TicketId | None:
    """Return the ticket of a message that the viewer may know of; None when it has none."""
    return connection.scalar(sa.select(messages.c.ticket_id).where(messages.c.id == id, sees_message(viewer)))


def count_by_fate(connection: sa.Connection, viewer: Viewer, account: AccountId | None = None) -> dict[Fate, int]:
    """Return how many messages stand where; those of tickets that the viewer may not see are not counted."""
    query = sa.select(messages.c.fate, sa.func.count()).group_by(messages.c.fate).where(sees_message(viewer))
    if account is not None:
        query = query.where(messages.c.account_id == account)
    return {Fate(fate): count for fate, count in connection.execute(query)}


def count_unhandled_history(connection: sa.Connection, viewer: Viewer, account: AccountId) -> int:
    """Return how many messages that lay in an account at first connection nobody had read (P14)."""
    query = sa.select(messages.c.flags).where(
        messages.c.account_id == account, messages.c.history.is_(True), sees_message(viewer)
    )
    return sum("\\Seen" not in flags for flags in connection.scalars(query))


def find_workers(connection: sa.Connection, viewer: Viewer) -> frozenset[str]:
    """Return the names of all workers that have decided something."""
    query = sa.select(messages.c.decided_by).where(messages.c.decided_by.is_not(None), sees_message(viewer))
    return frozenset(connection.scalars(query.distinct()))


def stored_message(row: sa.RowMapping) -> StoredMessage:
    """Return a decided row as it is shown."""
    return StoredMessage(
        id=row["id"],
        organisation=row["organisation_id"],
        account=row["account_id"],
        ticket=row["ticket_id"],
        digest=row["digest"],
        media_type=row["media_type"],
        fate=Fate(row["fate"]),
        arrived_at=row["arrived_at"],
        stored_at=row["stored_at"],
        sender_name=row["sender_name"],
        sender_address=row["sender_address"],
        subject=row["subject"],
        text=row["text"],
        quoted=row["quoted"],
        attachments=tuple(row["attachments"] or ()),
        defects=tuple(row["defects"] or ()),
        explanation=row["explanation"] or {},
        decided_by=row["decided_by"] or "",
    )
