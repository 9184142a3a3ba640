"""Search: messages by their words, newest first, of what a viewer may see."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
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
from store.search_history import find_history_span
from store.search_looks import Look, look_for_words, look_in_said, look_within_words
from store.search_parts import finds_parts
from store.statements import is_among
from store.tickets import find_tickets
from store.visibility import sees_content, sees_message

#: Of so many matches it is asked in one go whether they may be seen: a few more than a page shows.
AT_ONCE = 64

#: Of so many at most: several may be of one ticket, and some of tickets that are hidden.
MOST_LOOKED_AT = 1000

#: Of so many messages from before.
MOST_HISTORY = 2000

#: When a message came.
_CAME_AT = sa.func.coalesce(messages.c.arrived_at, messages.c.provider_at, type_=messages.c.arrived_at.type)

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


#: What of a message is shown.
_SHOWN = (
    messages.c.id, messages.c.account_id, _CAME_AT.label("at"), messages.c.sender_name, messages.c.sender_address,
    messages.c.subject, messages.c.text,
)  # fmt: skip
_OF_ROWS = sa.select(*_SHOWN).where(is_among(messages.c.id, "ids"))

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
    for matches in _ways(connection, viewer, question):
        _add_newest(by_ticket, matches, limit)
    if len(by_ticket) < limit and _finds_within(connection, viewer, question):
        _add_newest(by_ticket, _within(connection, viewer, question), limit)
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
    if not accounts or not question.terms:
        return ()
    span = find_history_span(connection, viewer)
    if span is None:
        return ()
    dialect = connection.dialect.name
    mine = (messages.c.fate == Fate.history, messages.c.account_id.in_(sorted(accounts)), sees_message(viewer))
    ids = _history(connection, look_for_words(dialect, question, history=span), limit, *mine)
    if len(ids) < limit and _finds_within(connection, viewer, question):
        ids |= _history(connection, look_within_words(dialect, question, history=True), limit, *mine)
    read = _read(connection, sorted(ids, reverse=True)[:limit])
    return tuple(sorted(read.values(), key=lambda found: (found.arrived_at, found.id), reverse=True))


def _history(connection: sa.Connection, look: Look, limit: int, *mine: sa.ColumnElement[bool]) -> set[int]:
    ids: set[int] = set()
    for rows in _some_at_a_time(connection, look, MOST_HISTORY):
        ids |= set(connection.scalars(sa.select(messages.c.id).where(messages.c.id.in_(rows), *mine)))
        if len(ids) >= limit:
            break
    return ids


def _add_newest(by_ticket: dict[int, _Match], matches: Iterator[tuple[int, _Match]], limit: int) -> None:
    """Note the newest match of each ticket, of at most `limit` tickets."""
    found: dict[int, _Match] = {}
    for ticket, match in matches:
        found.setdefault(ticket, match)
        if len(found) >= limit:
            break
    for ticket, match in found.items():
        by_ticket[ticket] = max(match, by_ticket.get(ticket, match))


def _named(connection: sa.Connection, viewer: Viewer, number: str) -> int | None:
    return connection.scalar(
        sa.select(tickets.c.id).where(tickets.c.number == number, sees_content(viewer)).order_by(tickets.c.id).limit(1)
    )


def _finds_within(connection: sa.Connection, viewer: Viewer, question: Question) -> bool:
    return bool(question.parts) and finds_parts(connection, viewer)


def _ways(connection: sa.Connection, viewer: Viewer, question: Question) -> Iterator[Iterator[tuple[int, _Match]]]:
    """Yield what is found by words in messages, and in what staff wrote."""
    if not question.terms:
        return
    dialect = connection.dialect.name
    look = look_for_words(dialect, question)
    yield _matches(connection, viewer, look, messages, _CAME_AT, Where.message)
    for kind, said_at, *only in _SAID:
        look = look_in_said(dialect, question, kind)
        yield _matches(connection, viewer, look, ROWS[kind], said_at, Where(kind), *only)


def _within(connection: sa.Connection, viewer: Viewer, question: Question) -> Iterator[tuple[int, _Match]]:
    look = look_within_words(connection.dialect.name, question, history=False)
    return _matches(connection, viewer, look, messages, _CAME_AT, Where.message)


def _matches(
    connection: sa.Connection, viewer: Viewer, look: Look, rows: sa.Table, at: sa.ColumnElement[datetime],
    where: Where, *only: sa.ColumnElement[bool],
) -> Iterator[tuple[int, _Match]]:  # fmt: skip
    """Yield tickets with what was found in them, the newest row first; several of one ticket may be."""
    seen = _seen(viewer, rows, at, only)
    for some in _some_at_a_time(connection, look, MOST_LOOKED_AT):
        for each in connection.execute(seen, {"ids": some}):
            yield each.ticket_id, (each.at, _RANK[where], each.id)


@lru_cache(maxsize=128)
def _seen(
    viewer: Viewer, rows: sa.Table, at: sa.ColumnElement[datetime], only: tuple[sa.ColumnElement[bool], ...]
) -> "sa.Select[Any]":
    """Return the question which of some rows are of tickets that the viewer may see, newest first."""
    return (
        sa.select(rows.c.id, rows.c.ticket_id, at.label("at"))
        .join(tickets, tickets.c.id == rows.c.ticket_id)
        .where(is_among(rows.c.id, "ids"), sees_content(viewer), *only)
        .order_by(rows.c.id.desc())
    )


def _some_at_a_time(connection: sa.Connection, look: Look, most: int) -> Iterator[Sequence[int]]:
    """Yield numbers of rows that match, a few at a time, newest first; at most `most`."""
    for batch in look.batches(connection):
        for first in range(0, min(len(batch), most), AT_ONCE):
            yield batch[first : first + AT_ONCE]
        most -= len(batch)
        if most <= 0:
            return


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
    rows = connection.execute(_OF_ROWS, {"ids": list(ids)}).mappings() if ids else ()
    return {row["id"]: _found(row) for row in rows}


def _found(row: sa.RowMapping) -> Found:
    return Found(
        id=row["id"],
        account=row["account_id"],
        arrived_at=row["at"],
        sender_name=row["sender_name"] or "",
        sender_address=row["sender_address"] or "",
        subject=row["subject"] or "",
        text=row["text"] or "",
    )
