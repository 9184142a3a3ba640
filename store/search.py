"""Search: messages by their words, newest first, of what a viewer may see."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.ids import AccountId, MessageId, TicketId
from domain.message import Fate
from domain.search import Question
from domain.ticket import Ticket
from domain.viewer import Viewer
from store.schema import messages, tickets
from store.search_looks import Look, looks_for
from store.search_parts import finds_parts
from store.tickets import find_tickets
from store.visibility import sees_content, sees_message

#: Matches that are looked at in one go: several messages of one ticket are one hit.
AT_ONCE = 200

#: Of so many messages from before it is asked whether they may be seen.
MOST_HISTORY = 2000

#: So often is gone on behind matches that are all of tickets found already.
MOST_TIMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A message that was found."""

    id: MessageId
    account: AccountId
    arrived_at: datetime
    sender_name: str
    sender_address: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A ticket that was found, by its newest message with what was asked for."""

    ticket: Ticket
    #: None: it was found by its number.
    message: Found | None


def find_hits(connection: sa.Connection, viewer: Viewer, question: Question, *, limit: int) -> tuple[Hit, ...]:
    """Return at most `limit` tickets whose content the viewer may see, newest message first; one named first of all."""
    named = _named(connection, viewer, question.number) if question.number else None
    by_ticket: dict[int, int] = {}
    for look in _looks(connection, viewer, question, history=False):
        found: dict[int, int] = {}
        for message, ticket in _matches(connection, viewer, look):
            found.setdefault(ticket, message)
            if len(found) >= limit:
                break
        by_ticket = {ticket: max(found.get(ticket, 0), by_ticket.get(ticket, 0)) for ticket in {*found, *by_ticket}}
    if named is not None:
        by_ticket.pop(named, None)
    newest = sorted(by_ticket, key=lambda ticket: by_ticket[ticket], reverse=True)[: limit - (named is not None)]
    ids = [*([] if named is None else [named]), *newest]
    read = _read(connection, [by_ticket[each] for each in newest])
    seen = find_tickets(connection, viewer, [TicketId(each) for each in ids])
    return tuple(
        Hit(ticket=seen[TicketId(id)], message=read.get(by_ticket.get(id, 0))) for id in ids if TicketId(id) in seen
    )


def find_history(
    connection: sa.Connection, viewer: Viewer, question: Question, *, accounts: Collection[AccountId], limit: int
) -> tuple[Found, ...]:
    """Return what lay in these accounts at first connection and was found, newest first (P14)."""
    mine = (messages.c.fate == Fate.history, messages.c.account_id.in_(sorted(accounts)), sees_message(viewer))
    ids: set[int] = set()
    for look in _looks(connection, viewer, question, history=True) if accounts else ():
        # Looked up first and alone: joined at once, PostgreSQL would rather read every message.
        old = (
            sa.select(look.row.label("row"))
            .select_from(look.table)
            .where(look.condition)
            .order_by(look.row.desc())
            .limit(MOST_HISTORY)
            .subquery()
        )
        query = (
            sa.select(messages.c.id)
            .join(old, old.c.row == messages.c.id)
            .where(*mine)
            .order_by(messages.c.id.desc())
            .limit(limit)
        )
        ids |= set(connection.scalars(query))
    read = _read(connection, sorted(ids, reverse=True)[:limit])
    return tuple(sorted(read.values(), key=lambda found: (found.arrived_at, found.id), reverse=True))


def _named(connection: sa.Connection, viewer: Viewer, number: str) -> int | None:
    return connection.scalar(
        sa.select(tickets.c.id).where(tickets.c.number == number, sees_content(viewer)).order_by(tickets.c.id).limit(1)
    )


def _looks(connection: sa.Connection, viewer: Viewer, question: Question, *, history: bool) -> tuple[Look, ...]:
    parts = bool(question.parts) and finds_parts(connection, viewer)
    return looks_for(connection.dialect.name, question, parts=parts, history=history)


def _matches(connection: sa.Connection, viewer: Viewer, look: Look) -> Iterator[tuple[int, int]]:
    """Yield messages and their tickets, the newest message first."""
    row = look.row
    query = (
        sa.select(row.label("row"), messages.c.ticket_id)
        .select_from(look.table)
        .join(messages, messages.c.id == row)
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .where(look.condition, sees_content(viewer))
        .order_by(row.desc())
        .limit(AT_ONCE)
    )
    before: int | None = None
    for _ in range(MOST_TIMES):
        some = connection.execute(query if before is None else query.where(row < before)).all()
        yield from ((each.row, each.ticket_id) for each in some)
        if len(some) < AT_ONCE:
            return
        before = some[-1].row


def _read(connection: sa.Connection, ids: Collection[int]) -> dict[int, Found]:
    """Return messages that were found; the caller has asked who may see them."""
    query = sa.select(messages).where(messages.c.id.in_(ids))
    return {row["id"]: _found(row) for row in connection.execute(query).mappings()} if ids else {}


def _found(row: sa.RowMapping) -> Found:
    return Found(
        id=row["id"],
        account=row["account_id"],
        arrived_at=row["arrived_at"] or row["provider_at"],
        sender_name=row["sender_name"] or "",
        sender_address=row["sender_address"] or "",
        subject=row["subject"] or "",
        text=row["text"] or "",
    )
