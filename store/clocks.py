"""Clocks: how a ticket's promises stand, changed only by the functions of `domain.clocks`."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from domain.clocks import Clocks, answer_given, notice_given
from domain.ids import TicketId
from store.schema import tickets

COLUMNS = tuple(tickets.c[field.name] for field in fields(Clocks))

#: Built once: they run for every automatic reply.
_READ = sa.select(*COLUMNS).where(tickets.c.id == sa.bindparam("ticket")).with_for_update()
_WRITE = tickets.update().where(tickets.c.id == sa.bindparam("ticket"))


@dataclass(frozen=True, slots=True)
class Turned:
    """The clocks of a ticket before and after a change."""

    before: Clocks
    after: Clocks


def set_clocks(
    connection: sa.Connection, ticket: TicketId, change: Callable[[Clocks], Clocks], *, calendar: str | None = None
) -> Turned | None:
    """Change a ticket's clocks, alone among all workers; None when nothing changed, or there is no such ticket.

    Args:
        connection: a transaction that may write.
        ticket: whose clocks.
        change: clocks in, clocks out; called once.
        calendar: the version that the new times were counted with; None: it stays.
    """
    row = connection.execute(_READ, {"ticket": ticket}).mappings().first()
    if row is None:
        return None
    before = Clocks(**row)
    after = change(before)
    if after == before:
        return None
    values = {**asdict(after), "next_due_at": after.next_due_at}
    if calendar is not None:
        values["calendar"] = calendar
    connection.execute(_WRITE, {"ticket": ticket, **values})
    return Turned(before, after)


def mark_notice_met(connection: sa.Connection, ticket: TicketId, at: datetime) -> bool:
    """Stop the notice clock, once; return whether it ran."""
    return set_clocks(connection, ticket, lambda clocks: notice_given(clocks, at)) is not None


def mark_answer_met(connection: sa.Connection, ticket: TicketId, at: datetime) -> bool:
    """Stop the answer clock, once, and the notice clock with it; return whether the answer's ran."""
    return set_clocks(connection, ticket, lambda clocks: answer_given(clocks, at)) is not None
