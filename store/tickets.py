"""Tickets: opened once, sorted by the clock that breaks first."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.account import Channel
from domain.category import Secrecy, Urgency
from domain.decision import Queue
from domain.ids import AccountId, CategoryId, TicketId
from domain.outcome import Outcome, Registration
from domain.ticket import Ticket, TicketStatus
from domain.viewer import Viewer
from store.clocks import COLUMNS as CLOCKS
from store.schema import tickets, users
from store.schema.work import TO_LOOK_AT
from store.statements import in_parts, is_among
from store.visibility import masked, sees_ticket

#: As the index has it.
_TO_LOOK_AT = f"tickets.{TO_LOOK_AT.replace('needs', 'tickets.needs')}"


def mark_reopened(connection: sa.Connection, ticket: TicketId) -> bool:
    """Open a closed ticket again; return whether it was closed. Who had it has it still, unless they are gone."""
    closed = (tickets.c.id == ticket, tickets.c.status == TicketStatus.closed)
    works_here = sa.exists().where(
        users.c.id == tickets.c.assignee_id,
        users.c.organisation_id == tickets.c.organisation_id,
        users.c.closed_at.is_(None),
    )
    holder = sa.case((works_here, tickets.c.assignee_id))
    opened = tickets.update().where(*closed)
    return (
        connection.execute(
            opened.values(status=TicketStatus.open, closed_at=None, outcome=None, assignee_id=holder)
        ).rowcount
        == 1
    )


def list_tickets(
    connection: sa.Connection,
    viewer: Viewer,
    *,
    status: TicketStatus | None = TicketStatus.open,
    observed: bool | None = False,
    only: Sequence[sa.ColumnElement[bool]] = (),
    limit: int = 200,
) -> tuple[Ticket, ...]:
    """Return tickets: what a person must act on now first (U0), then the promise that breaks first.

    Those without a running clock come last. `observed`: those outside the queue in place of those in it;
    None: both. `only`: conditions of `store.queue_filter` beside them.
    """
    now_first = (tickets.c.urgency == Urgency.U0, tickets.c.urgency != Urgency.U0)
    shown: list[Ticket] = []
    # Nobody acts on what is closed, and to look for what is urgent among all of it takes long.
    for condition in (sa.true(),) if status is TicketStatus.closed else now_first:
        query = (
            sa.select(tickets)
            .where(sees_ticket(viewer), condition, *only)
            .order_by(tickets.c.next_due_at.asc().nulls_last(), tickets.c.id)
            .limit(limit - len(shown))
        )
        if status is not None:
            query = query.where(tickets.c.status == status)
        if observed is not None:
            query = query.where(tickets.c.observed.is_(observed))
        shown += [_shown(viewer, row) for row in connection.execute(query).mappings()]
    return tuple(shown)


def list_arrived(
    connection: sa.Connection, viewer: Viewer, account: AccountId, since: datetime, until: datetime
) -> tuple[Ticket, ...]:
    """Return the open tickets of an account that arrived from `since` on and before `until`, oldest first."""
    query = (
        sa.select(tickets)
        .where(
            sees_ticket(viewer), tickets.c.account_id == account, tickets.c.status == TicketStatus.open,
            tickets.c.arrived_at >= since, tickets.c.arrived_at < until,
        )
        .order_by(tickets.c.arrived_at, tickets.c.id)
    )  # fmt: skip
    return tuple(_shown(viewer, row) for row in connection.execute(query).mappings())


def count_tickets(
    connection: sa.Connection, viewer: Viewer, *, status: TicketStatus = TicketStatus.open,
    due_before: datetime | None = None, only: Sequence[sa.ColumnElement[bool]] = (),
) -> int:  # fmt: skip
    """Return how many tickets of the queue the viewer may see; with `due_before`, only those late by then."""
    mine = (sees_ticket(viewer), tickets.c.status == status, tickets.c.observed.is_(False), *only)
    query = sa.select(sa.func.count()).select_from(tickets).where(*mine)
    if due_before is not None:
        query = query.where(tickets.c.next_due_at < due_before)
    return connection.scalar(query) or 0


def to_look_at(viewer: Viewer) -> sa.Select[int]:
    """Return the question how many open tickets the viewer may see that a person must look at."""
    return sa.select(sa.func.count()).select_from(tickets).where(sa.text(_TO_LOOK_AT), sees_ticket(viewer))


def count_at_most(
    connection: sa.Connection, viewer: Viewer, *, status: TicketStatus, most: int | None,
    only: Sequence[sa.ColumnElement[bool]] = (),
) -> int:  # fmt: skip
    """Return how many tickets of the queue the viewer may see; beyond `most` one more, uncounted."""
    if most is None:
        return count_tickets(connection, viewer, status=status, only=only)
    mine = (sees_ticket(viewer), tickets.c.status == status, tickets.c.observed.is_(False), *only)
    some = sa.select(tickets.c.id).where(*mine).limit(most + 1).subquery()
    return connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def get_ticket(connection: sa.Connection, viewer: Viewer, id: TicketId) -> Ticket:
    """Return a ticket. Raises KeyError when there is none, or none that the viewer may know of."""
    row = connection.execute(sa.select(tickets).where(tickets.c.id == id, sees_ticket(viewer))).mappings().first()
    if row is None:
        raise KeyError(id)
    return _shown(viewer, row)


def find_tickets(connection: sa.Connection, viewer: Viewer, ids: Collection[TicketId]) -> dict[TicketId, Ticket]:
    """Return those of the tickets that the viewer may know of."""
    found: dict[TicketId, Ticket] = {}
    for some in in_parts(sorted(ids)):
        rows = connection.execute(_of_ids(viewer), {"ids": some}).mappings()
        found |= {row["id"]: _shown(viewer, row) for row in rows}
    return found


@lru_cache(maxsize=128)
def _of_ids(viewer: Viewer) -> "sa.Select[Any]":
    return sa.select(tickets).where(is_among(tickets.c.id, "ids"), sees_ticket(viewer))


def _shown(viewer: Viewer, row: sa.RowMapping) -> Ticket:
    ticket = Ticket(
        id=row["id"],
        number=row["number"],
        organisation=row["organisation_id"],
        unit=row["unit_id"],
        account=row["account_id"],
        channel=Channel(row["channel"]),
        status=TicketStatus(row["status"]),
        queue=Queue(row["queue"]),
        needs_a_look=row["needs_a_look"],
        look_reason=row["look_reason"],
        category=row["category"],
        language=row["language"],
        urgency=Urgency(row["urgency"]),
        secrecy=Secrecy(row["secrecy"]),
        subject=row["subject"],
        sender_name=row["sender_name"],
        sender_address=row["sender_address"],
        arrived_at=row["arrived_at"],
        calendar=row["calendar"],
        assignee=row["assignee_id"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        by_form=row["by_form"],
        follows=row["follows_id"],
        held_at=row["held_at"],
        observed=row["observed"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        registration=Registration(row["registration"]),
        registered_as=row["registered_as"],
        **{column.name: row[column.name] for column in CLOCKS},
    )
    return _mask(ticket) if masked(viewer, ticket.secrecy) else ticket


def _mask(ticket: Ticket) -> Ticket:
    """Leave number, unit and what every ticket has; even a due time says how urgent the matter is."""
    clocks: dict[str, Any] = dict.fromkeys(column.name for column in CLOCKS)
    return replace(
        ticket,
        account=AccountId(""),
        needs_a_look=False,
        look_reason="",
        category=CategoryId(""),
        language="",
        urgency=Urgency.U2,
        subject="",
        sender_name="",
        sender_address="",
        calendar="",
        assignee=None,
        opened_at=None,
        closed_at=None,
        by_form=False,
        follows=None,
        held_at=None,
        outcome=None,
        registration=Registration.not_judged,
        registered_as="",
        **clocks,
    )
