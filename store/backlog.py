"""Backlog: what has not come to an end yet, how much of each state and since when, for who looks after the machines."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.ticket import TicketStatus
from domain.viewer import Scope, Viewer
from store.schema import events, files, findings, handlings, messages, outgoing, tickets
from store.schema.arrivals import FILE_WAITING, WAITING
from store.schema.outbox import UNCERTAIN, UNSETTLED
from store.schema.watched import UNHANDLED

#: The state of a message that nobody has decided: one that stays claimed was cut off. Words, not parameters: it is
#: grouped by.
_CLAIMED: sa.ColumnElement[str] = sa.case(
    (messages.c.claimed_by.is_(None), sa.literal_column("'waiting'")), else_=sa.literal_column("'claimed'")
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The rows of one kind that are in one state."""

    #: message, file, send, event, finding, handling, ticket, notice or answer.
    kind: str
    state: str
    count: int
    #: Since when the oldest is; of a clock: when it was due first.
    oldest_at: datetime


def list_backlog(connection: sa.Connection, viewer: Viewer, now: datetime) -> tuple[Waiting, ...]:
    """Return what is waiting, a line for each kind and state that has a row; quick with a million messages.

    Raises:
        PermissionError: the viewer sees only a part of the installation.
    """
    if viewer.scope is Scope.person or viewer.organisation is not None:
        raise PermissionError("the backlog crosses organisations: only the operator of the installation sees it")
    query = sa.union_all(
        _rows("message", _CLAIMED, messages.c.stored_at, sa.text(WAITING)),
        _rows("file", sa.literal("waiting"), messages.c.stored_at, _file_waits()),
        _rows("send", outgoing.c.state, outgoing.c.created_at, sa.text(UNSETTLED)),
        _rows("send", outgoing.c.state, outgoing.c.created_at, sa.text(UNCERTAIN)),
        _rows("event", sa.literal("unsealed"), events.c.at, events.c.seal.is_(None)),
        _rows("finding", findings.c.kind, findings.c.opened_at, findings.c.closed_at.is_(None)),
        _rows("handling", sa.literal("unhandled"), handlings.c.arrived_at, sa.text(UNHANDLED)),
        _rows("ticket", sa.literal("needs_a_look"), tickets.c.opened_at, _to_look_at()),
        _late("notice", tickets.c.notice_due_at, tickets.c.notice_met_at, now),
        _late("answer", tickets.c.answer_due_at, tickets.c.answer_met_at, now),
    )
    return tuple(Waiting(**row) for row in connection.execute(query).mappings() if row["count"])


def count_sends(connection: sa.Connection, viewer: Viewer, since: datetime) -> dict[tuple[str, str], int]:
    """Return how many sends were written since then, by kind and state.

    Raises:
        PermissionError: as of `list_backlog`.
    """
    if viewer.scope is Scope.person or viewer.organisation is not None:
        raise PermissionError("the sends of all organisations are seen by the operator of the installation only")
    query = (
        sa.select(outgoing.c.kind, outgoing.c.state, sa.func.count())
        .where(outgoing.c.created_at >= since)
        .group_by(outgoing.c.kind, outgoing.c.state)
    )
    return {(kind, state): count for kind, state, count in connection.execute(query)}


def _rows(
    kind: str,
    state: sa.ColumnElement[str],
    since: sa.ColumnElement[datetime],
    waiting: sa.ColumnElement[bool] | sa.TextClause,
) -> sa.Select[str, str, int, datetime]:
    columns = (sa.literal(kind).label("kind"), state.label("state"), sa.func.count().label("count"))
    grouped = sa.select(*columns, sa.func.min(since).label("oldest_at")).where(waiting)
    return grouped if isinstance(state, sa.BindParameter) else grouped.group_by(state)


def _file_waits() -> sa.ColumnElement[bool]:
    """Return whether a message has a file that is still to be fetched."""
    return messages.c.id.in_(sa.select(files.c.message_row).where(sa.text(FILE_WAITING)))


def _to_look_at() -> sa.ColumnElement[bool]:
    return sa.and_(tickets.c.status == TicketStatus.open, tickets.c.needs_a_look)


def _late(
    kind: str, due_at: sa.ColumnElement[datetime], met_at: sa.ColumnElement[datetime], now: datetime
) -> sa.Select[str, str, int, datetime]:
    open_one = tickets.c.status == TicketStatus.open
    return _rows(kind, sa.literal("late"), due_at, sa.and_(open_one, met_at.is_(None), due_at < now))
