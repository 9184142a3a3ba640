"""Recompute: count the due times of open tickets anew by the calendar of now; only because somebody asked (C7).

Reads: open tickets whose clocks run.
Writes: their clocks with the calendar's version, an event for each that names the old and the new times.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.clocks import Clocks, counted_anew
from domain.decision import Due
from domain.errors import BadInput
from domain.ids import Digest, TicketId
from domain.open_time import local_date
from domain.promises import promise
from domain.site import Site
from domain.ticket import Ticket
from domain.viewer import MACHINE
from pipeline.runtime import Runtime
from store.clocks import set_clocks
from store.database import Connection
from store.events import append
from store.promised import count_promised, find_told, list_promised


@dataclass(frozen=True, slots=True)
class Move:
    """A due time before and after."""

    old: datetime
    new: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What counting one ticket anew gave."""

    ticket: Ticket
    #: None: it stays.
    notice: Move | None = None
    answer: Move | None = None
    #: The version of the calendar that the new times were counted with; empty: nothing moves.
    calendar: str = ""
    #: The citizen has been told a time.
    told: bool = False
    #: Why it could not be counted; empty: it was.
    problem: str = ""

    @property
    def moves(self) -> bool:
        """Whether a time is another one."""
        return self.notice is not None or self.answer is not None


def count_to_recompute(runtime: Runtime) -> int:
    """Return how many tickets will be counted anew."""
    with runtime.database.read() as connection:
        return count_promised(connection, MACHINE)


def recompute(runtime: Runtime, *, dry_run: bool) -> Iterator[Recomputed]:
    """Count every open ticket whose clocks run anew, and yield what each gave; `dry_run` writes nothing.

    Tickets are written some at a time. One that was answered meanwhile stays as it is. Safe to run twice.
    """
    digest, site = runtime.site.with_digest()
    last: TicketId | None = None
    while True:
        with runtime.database.read() as connection:
            tickets = list_promised(connection, MACHINE, after=last)
            told = find_told(connection, MACHINE, [each.id for each in tickets])
        if not tickets:
            return
        last = tickets[-1].id
        counted = [(each, _count(site, each)) for each in tickets]
        if not dry_run:
            _write(runtime, digest, counted)
        yield from (_recomputed(ticket, due, ticket.id in told) for ticket, due in counted)


def _count(site: Site, ticket: Ticket) -> Due | str:
    """Return the promise by the settings of now, or why none can be counted.

    A handling time is judged on the day that the ticket was opened: what held when it was promised holds.
    """
    today = local_date(ticket.opened_at or ticket.arrived_at)
    try:
        account = site.account(ticket.account)
        return promise(
            site, account, ticket.unit, ticket.category, ticket.arrived_at, today, by_form=ticket.by_form
        )  # fmt: skip
    except KeyError as missing:
        return f"{missing} is no longer in the settings"
    except BadInput as fault:
        return str(fault)


def _recomputed(ticket: Ticket, due: Due | str, told: bool) -> Recomputed:
    if isinstance(due, str):
        return Recomputed(ticket=ticket, problem=due, told=told)
    before, after = ticket.clocks, counted_anew(ticket.clocks, due.notice_at, due.answer_at)
    return Recomputed(
        ticket=ticket,
        notice=_move(before.notice_due_at, after.notice_due_at),
        answer=_move(before.answer_due_at, after.answer_due_at),
        calendar=due.calendar if after != before else "",
        told=told,
    )


def _move(old: datetime | None, new: datetime | None) -> Move | None:
    return None if old is None or new is None or old == new else Move(old, new)


def _write(runtime: Runtime, digest: Digest, counted: Sequence[tuple[Ticket, Due | str]]) -> None:
    moving = [
        (ticket, due) for ticket, due in counted if isinstance(due, Due) and _recomputed(ticket, due, False).moves
    ]
    if not moving:
        return
    with runtime.database.write() as connection:
        for ticket, due in moving:
            _write_one(connection, ticket, due, digest, runtime.now)


def _write_one(connection: Connection, ticket: Ticket, due: Due, digest: Digest, now: datetime) -> None:
    turned = set_clocks(
        connection, ticket.id, lambda clocks: counted_anew(clocks, due.notice_at, due.answer_at), calendar=due.calendar
    )
    if turned is None:
        return
    append(
        connection, "due_recomputed", at=now, organisation=ticket.organisation, actor="operator",
        account=ticket.account, ticket=ticket.id, site=digest, old=_said(turned.before, ticket.calendar),
        new=_said(turned.after, due.calendar),
    )  # fmt: skip


def _said(clocks: Clocks, calendar: str) -> dict[str, str | None]:
    return {
        "notice_due_at": clocks.notice_due_at.isoformat() if clocks.notice_due_at else None,
        "answer_due_at": clocks.answer_due_at.isoformat() if clocks.answer_due_at else None,
        "calendar": calendar,
    }
