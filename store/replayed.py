"""Decided messages with what was decided, to be decided again by other rules; only read."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.ids import AccountId, MessageId, OrganisationId, TicketId
from domain.message import Arrival, Fate, FolderRole
from domain.outgoing import OutgoingKind
from domain.viewer import Viewer
from store.originals import plain
from store.schema import messages, originals, outgoing, tickets
from store.visibility import sees_about, sees_message

#: Before every message.
FIRST = MessageId(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedMessage:
    """A message with its original, and what was decided about it."""

    id: MessageId
    organisation: OrganisationId
    account: AccountId
    arrival: Arrival
    decided_at: datetime
    #: Its ticket and the number of it; None: it has none.
    ticket: TicketId | None
    number: str | None
    #: As `explain --json` prints it, with what is kept beside it; without a category when nothing was decided anew.
    explanation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Word:
    """Something that we wrote to an address."""

    organisation: OrganisationId
    address: str
    at: datetime
    kind: OutgoingKind
    language: str
    #: The message it answers; None: it answers none.
    message: MessageId | None


def list_decided(
    connection: sa.Connection, viewer: Viewer, since: datetime, *, after: MessageId = FIRST
) -> tuple[tuple[MessageId, int], ...]:
    """Return the number and the size of every message that was stored since then and is decided, oldest first.

    `after`: only those behind it.
    """
    query = (
        sa.select(messages.c.id, messages.c.size_bytes)
        .where(*_decided(viewer, since), messages.c.id > after)
        .order_by(messages.c.id)
    )
    return tuple((MessageId(id), size) for id, size in connection.execute(query))


def find_decided(
    connection: sa.Connection, viewer: Viewer, since: datetime, first: MessageId, last: MessageId
) -> Iterator[DecidedMessage]:
    """Yield those of them from `first` to `last`, one at a time: an original is let go before the next is read."""
    query = (
        sa.select(messages, originals.c.compressed, tickets.c.number.label("ticket_number"))
        .join(
            originals,
            sa.and_(originals.c.organisation_id == messages.c.organisation_id, originals.c.digest == messages.c.digest),
        )
        .outerjoin(tickets, tickets.c.id == messages.c.ticket_id)
        .where(*_decided(viewer, since), messages.c.id.between(first, last))
        .order_by(messages.c.id)
    )
    for row in connection.execute(query, execution_options={"yield_per": 20}).mappings():
        yield _decided_message(row)


def find_words_to(connection: sa.Connection, viewer: Viewer, addresses: Collection[str]) -> tuple[Word, ...]:
    """Return what we wrote to these addresses, in lower case, the latest first."""
    if not addresses:
        return ()
    query = (
        sa.select(
            outgoing.c.organisation_id, outgoing.c.recipient_key, outgoing.c.created_at, outgoing.c.kind,
            outgoing.c.language, outgoing.c.message_row,
        )
        .where(
            outgoing.c.recipient_key.in_(sorted(addresses)),
            outgoing.c.kind != OutgoingKind.alert,
            sees_about(viewer, outgoing),
        )
        .order_by(outgoing.c.created_at.desc(), outgoing.c.id.desc())
    )  # fmt: skip
    return tuple(
        Word(organisation, address, at, OutgoingKind(kind), language, message)
        for organisation, address, at, kind, language, message in connection.execute(query)
    )


def _decided(viewer: Viewer, since: datetime) -> Sequence[sa.ColumnElement[bool]]:
    return (
        messages.c.stored_at >= since,
        messages.c.fate.not_in([Fate.waiting, Fate.history]),
        messages.c.explanation.is_not(None),
        sees_message(viewer),
    )


def _decided_message(row: sa.RowMapping) -> DecidedMessage:
    arrival = Arrival(
        identity=row["identity"],
        original=plain(row["compressed"], row["size_bytes"]),
        media_type=row["media_type"],
        provider_at=row["provider_at"],
        folder=row["folder"],
        role=FolderRole(row["role"]),
        flags=frozenset(row["flags"]),
    )
    return DecidedMessage(
        id=row["id"],
        organisation=row["organisation_id"],
        account=row["account_id"],
        arrival=arrival,
        decided_at=row["decided_at"],
        ticket=row["ticket_id"],
        number=row["ticket_number"],
        explanation=row["explanation"],
    )
