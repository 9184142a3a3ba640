"""New tickets: opened with a number of the Swedish year, without gaps."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.account import Channel
from domain.category import Secrecy, Urgency
from domain.decision import Queue
from domain.ids import AccountId, CategoryId, OrganisationId, TicketId, UnitId
from domain.instant import STOCKHOLM
from domain.ticket import TicketStatus
from store.leases import upsert
from store.rows import insert_all
from store.schema import counters, tickets

#: What the counters of ticket numbers begin with.
SERIES = "ticket/"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """What a ticket is opened with; the number is given by the store."""

    organisation: OrganisationId
    unit: UnitId
    account: AccountId
    channel: Channel
    queue: Queue
    needs_a_look: bool
    look_reason: str
    category: CategoryId
    language: str
    urgency: Urgency
    secrecy: Secrecy
    danger: bool
    subject: str
    sender_name: str
    sender_address: str
    arrived_at: datetime
    opened_at: datetime
    notice_due_at: datetime | None
    answer_due_at: datetime | None
    calendar: str
    #: True: a person had answered before we came; it is kept as a closed one (domain.md 3.3 row 36).
    answered: bool = False
    #: True: a form of our own brought it (R24).
    by_form: bool = False
    #: The older ticket that it goes on from.
    follows: TicketId | None = None
    #: True: of an observed account, outside the queue.
    observed: bool = False


def open_ticket(connection: sa.Connection, new: NewTicket) -> tuple[TicketId, str]:
    """Open a ticket; return its row and its number, such as 26-01234: of the Swedish year, without gaps."""
    return open_tickets(connection, [new])[0]


def open_tickets(connection: sa.Connection, new: Sequence[NewTicket]) -> list[tuple[TicketId, str]]:
    """Open tickets; return the row and the number of each, in order.

    The numbers are taken last of all that others may wait for: who opens tickets in the same organisation waits from
    here until this transaction ends.
    """
    if not new:
        return []
    numbers = _next_numbers(connection, [_series(each) for each in new])
    rows = [_row(each, number) for each, number in zip(new, numbers, strict=True)]
    made = insert_all(connection, tickets, rows, returning=("id", "organisation_id", "number"))
    opened = {(row.organisation_id, row.number): row.id for row in made}
    return [(opened[each.organisation, number], number) for each, number in zip(new, numbers, strict=True)]


def hold_numbers(connection: sa.Connection, new: Sequence[NewTicket]) -> None:
    """Let nobody else open tickets in the organisations of these before this transaction ends."""
    for series in sorted({_series(each) for each in new}):
        _take(connection, series, 0)


def _row(new: NewTicket, number: str) -> dict[str, Any]:
    dues = [due for due in (new.notice_due_at, new.answer_due_at) if due is not None and not new.answered]
    met_at = new.opened_at if new.answered else None
    return {
        "organisation_id": new.organisation,
        "number": number,
        "unit_id": new.unit,
        "account_id": new.account,
        "channel": new.channel,
        "status": TicketStatus.closed if new.answered else TicketStatus.open,
        "queue": new.queue,
        "needs_a_look": new.needs_a_look,
        "look_reason": new.look_reason,
        "category": new.category,
        "language": new.language,
        "urgency": new.urgency,
        "secrecy": new.secrecy,
        "danger": new.danger,
        "subject": new.subject,
        "sender_name": new.sender_name,
        "sender_address": new.sender_address,
        "arrived_at": new.arrived_at,
        "opened_at": new.opened_at,
        "closed_at": met_at,
        "notice_met_at": met_at,
        "answer_met_at": met_at,
        "notice_due_at": new.notice_due_at,
        "answer_due_at": new.answer_due_at,
        "next_due_at": min(dues, default=None),
        "calendar": new.calendar,
        "first_answered_at": met_at,
        "by_form": new.by_form,
        "sender_key": new.sender_address.lower(),
        "follows_id": new.follows,
        "observed": new.observed,
    }


def _series(new: NewTicket) -> tuple[OrganisationId, int]:
    return new.organisation, new.opened_at.astimezone(STOCKHOLM).year


def _next_numbers(connection: sa.Connection, series: Sequence[tuple[OrganisationId, int]]) -> list[str]:
    """Return a number of each series in order; series are taken in one order, so that none waits in a circle."""
    wanted = Counter(series)
    given = {each: iter(_take(connection, each, wanted[each])) for each in sorted(wanted)}
    return [f"{year % 100:02d}-{next(given[organisation, year]):05d}" for organisation, year in series]


def _take(connection: sa.Connection, series: tuple[OrganisationId, int], count: int) -> range:
    organisation, year = series
    statement = (
        upsert(connection, counters)
        .values(name=f"{SERIES}{organisation}/{year}", value=count)
        .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": counters.c.value + count})
        .returning(counters.c.value)
    )
    last = connection.execute(statement).scalar_one()
    return range(last - count + 1, last + 1)
