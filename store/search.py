"""Search: messages by their words, newest first, of what a viewer may see."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from domain.ids import AccountId, TicketId
from domain.message import Fate
from domain.outgoing import SendState
from domain.search import Question
from domain.ticket import Ticket
from domain.viewer import Viewer
from store.said_index import ROWS, Said
from store.schema import messages, notes, outgoing, tickets
from store.search_looks import Look, looks_for, said_looks
from store.search_parts import finds_parts
from store.tickets import find_tickets
from store.visibility import sees_content, sees_message

#: Matches that are looked at in one go: several messages of one ticket are one hit.
AT_ONCE = 200

#: Of so many messages from before it is asked whether they may be seen.
MOST_HISTORY = 2000

#: So often is gone on behind matches that are all of tickets found already.
MOST_TIMES = 5

#: What staff wrote, when, and which of it counts: what was taken back is as if it had never been written.
_SAID: tuple[tuple[Any, ...], ...] = (
    (Said.note, notes.c.at),
    (
        Said.answer,
        sa.func.coalesce(outgoing.c.sent_at, outgoing.c.created_at, type_=outgoing.c.created_at.type),
        outgoing.c.state != SendState.cancelled,
    ),
)


class Where(StrEnum):
    """In what something was found; among what is equally new the last here counts as the newest."""

    message = "message"
    note = "note"
    answer = "answer"


_RANK = {where: rank for rank, where in enumerate(Where)}

#: When, in what, and its row: the newest is the largest.
_Match = tuple[datetime, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A message that was found, or what staff wrote: then its sender is who wrote it."""

    id: int
    where: Where = Where.message
    account: AccountId
    arrived_at: datetime
    sender_name: str
    sender_address: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A ticket that was found, by the newest message, note or answer with what was asked for."""

    ticket: Ticket
    #: None: it was found by its number.
    message: Found | None


def find_hits(connection: sa.Connection, viewer: Viewer, question: Question, *, limit: int) -> tuple[Hit, ...]:
    """Return at most `limit` tickets whose content the viewer may see, newest message first; one named first of all.

    Within words is looked only while whole words and beginnings find fewer than `limit`.
    """
    named = _named(connection, viewer, question.number) if question.number else None
    by_ticket: dict[int, _Match] = {}
    for look, matches in _ways(connection, viewer, question):
        if look.within_words and len(by_ticket) >= limit:
            continue
        found: dict[int, _Match] = {}
        for ticket, match in matches:
            found.setdefault(ticket, match)
            if len(found) >= limit:
                break
        for ticket, match in found.items():
            by_ticket[ticket] = max(match, by_ticket.get(ticket, match))
    if named is not None:
        by_ticket.pop(named, None)
    newest = sorted(by_ticket, key=lambda ticket: by_ticket[ticket], reverse=True)[: limit - (named is not None)]
    ids = [*([] if named is None else [named]), *newest]
    read = _read_all(connection, [by_ticket[each] for each in newest])
    seen = find_tickets(connection, viewer, [TicketId(each) for each in ids])
    return tuple(
        Hit(ticket=seen[TicketId(id)], message=read.get(by_ticket[id][1:]) if id in by_ticket else None)
        for id in ids
        if TicketId(id) in seen
    )


def find_history(
    connection: sa.Connection, viewer: Viewer, question: Question, *, accounts: Collection[AccountId], limit: int
) -> tuple[Found, ...]:
    """Return what lay in these accounts at first connection and was found, newest first (P14)."""
    mine = (messages.c.fate == Fate.history, messages.c.account_id.in_(sorted(accounts)), sees_message(viewer))
    ids: set[int] = set()
    for look in _looks(connection, viewer, question, history=True) if accounts else ():
        if look.within_words and len(ids) >= limit:
            continue
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


def _ways(
    connection: sa.Connection, viewer: Viewer, question: Question
) -> Iterator[tuple[Look, Iterator[tuple[int, _Match]]]]:  # fmt: skip
    """Yield what each way of looking finds, those within words last."""
    came_at = sa.func.coalesce(messages.c.arrived_at, messages.c.provider_at, type_=messages.c.arrived_at.type)
    ways: list[tuple[Look, Iterator[tuple[int, _Match]]]] = [
        (look, _matches(connection, viewer, look, messages, came_at, Where.message))
        for look in _looks(connection, viewer, question, history=False)
    ]
    for kind, said_at, *only in _SAID:
        for look in said_looks(connection.dialect.name, question, kind):
            ways.append((look, _matches(connection, viewer, look, ROWS[kind], said_at, Where(kind), *only)))
    yield from sorted(ways, key=lambda way: way[0].within_words)


def _matches(
    connection: sa.Connection, viewer: Viewer, look: Look, rows: sa.Table, at: sa.ColumnElement[datetime],
    where: Where, *only: sa.ColumnElement[bool],
) -> Iterator[tuple[int, _Match]]:  # fmt: skip
    """Yield tickets with what was found in them, the newest row first; several of one ticket may be."""
    row = look.row
    query = (
        sa.select(row.label("row"), rows.c.ticket_id, at.label("at"))
        .select_from(look.table)
        .join(rows, rows.c.id == row)
        .join(tickets, tickets.c.id == rows.c.ticket_id)
        .where(look.condition, sees_content(viewer), *only)
        .order_by(row.desc())
        .limit(AT_ONCE)
    )
    before: int | None = None
    for _ in range(MOST_TIMES):
        some = connection.execute(query if before is None else query.where(row < before)).all()
        yield from ((each.ticket_id, (each.at, _RANK[where], each.row)) for each in some)
        if len(some) < AT_ONCE:
            return
        before = some[-1].row


def _read_all(connection: sa.Connection, matches: Collection[_Match]) -> dict[tuple[int, int], Found]:
    """Return what was found, by where and row; the caller has asked who may see it."""
    wanted = {where: [row for _, rank, row in matches if rank == _RANK[where]] for where in Where}
    read = list(_read(connection, wanted[Where.message]).values())
    for kind, said_at, *_ in _SAID:
        read += _read_said(connection, kind, said_at, wanted[Where(kind)])
    return {(_RANK[each.where], each.id): each for each in read}


def _read_said(
    connection: sa.Connection, kind: Said, said_at: sa.ColumnElement[datetime], ids: Collection[int]
) -> list[Found]:  # fmt: skip
    rows = ROWS[kind]
    query = (
        sa.select(rows.c.id, rows.c.author, rows.c.text, said_at.label("at"), tickets.c.account_id)
        .join(tickets, tickets.c.id == rows.c.ticket_id)
        .where(rows.c.id.in_(ids))
    )
    return [
        Found(
            id=row["id"], where=Where(kind), account=row["account_id"], arrived_at=row["at"],
            sender_name=row["author"] or "", sender_address="", subject="", text=row["text"],
        )
        for row in (connection.execute(query).mappings() if ids else ())
    ]  # fmt: skip


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
