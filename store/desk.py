"""Desk: what staff do with a ticket. Each change says what must still hold: two people never undo each other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.category import Secrecy
from domain.ids import AccountId, CategoryId, OrganisationId, TicketId, UnitId, UserId
from domain.outcome import Outcome, Registration
from domain.ticket import TicketStatus
from domain.viewer import Viewer
from store.schema import tickets
from store.visibility import sees_ticket


@dataclass(frozen=True, slots=True)
class Released:
    """A ticket that nobody has any more."""

    ticket: TicketId
    organisation: OrganisationId
    account: AccountId


def set_assignee(
    connection: sa.Connection, ticket: TicketId, holder: UserId | None, to: UserId | None
) -> bool:  # fmt: skip
    """Give an open ticket from `holder` (None: nobody) to somebody, or to nobody; return whether it was theirs."""
    return _change(connection, ticket, _open(), tickets.c.assignee_id.is_not_distinct_from(holder), assignee_id=to)


def release_held(connection: sa.Connection, holder: UserId, sees: Viewer | None) -> tuple[Released, ...]:
    """Give the open tickets that somebody has and does not see to nobody; return them. `sees` None: nothing is seen."""
    unseen = sa.true() if sees is None else sa.not_(sees_ticket(sees))
    held = tickets.update().where(tickets.c.assignee_id == holder, _open(), unseen).values(assignee_id=None)
    rows = connection.execute(held.returning(tickets.c.id, tickets.c.organisation_id, tickets.c.account_id))
    return tuple(Released(*row) for row in sorted(rows))


def close_ticket(connection: sa.Connection, ticket: TicketId, outcome: Outcome, at: datetime) -> bool:
    """Close an open ticket; return whether it was open."""
    return _change(connection, ticket, _open(), status=TicketStatus.closed, closed_at=at, outcome=outcome)


def route_again(
    connection: sa.Connection, ticket: TicketId, *, unit: UnitId, category: CategoryId, secrecy: Secrecy, danger: bool
) -> bool:
    """Give a ticket another unit or category; whoever had it has it no more where the unit is another."""
    values = {"unit_id": unit, "category": category, "secrecy": secrecy, "danger": danger}
    stays = _change(connection, ticket, tickets.c.unit_id == unit, **values)
    return stays or _change(connection, ticket, **values, assignee_id=None)


def mark_looked_at(connection: sa.Connection, ticket: TicketId) -> bool:
    """Take the mark *needs a look* away; return whether it was there."""
    return _change(connection, ticket, tickets.c.needs_a_look.is_(True), needs_a_look=False)


def mark_to_look_at(connection: sa.Connection, ticket: TicketId, why: str) -> bool:
    """Mark an open ticket to be looked at; return whether it is open. What it was marked for before stays said."""
    reason = sa.case(
        (sa.and_(tickets.c.needs_a_look.is_(True), tickets.c.look_reason != ""), tickets.c.look_reason + "; " + why),
        else_=why,
    )
    return _change(connection, ticket, _open(), needs_a_look=True, look_reason=reason)


def set_registration(
    connection: sa.Connection, ticket: TicketId, registration: Registration, reference: str
) -> bool:  # fmt: skip
    """Say whether a ticket is registered, and under what reference; return whether there is such a ticket."""
    return _change(connection, ticket, registration=registration, registered_as=reference)


def _open() -> sa.ColumnElement[bool]:
    return tickets.c.status == TicketStatus.open


def _change(connection: sa.Connection, ticket: TicketId, *still: sa.ColumnElement[bool], **values: Any) -> bool:
    statement = tickets.update().where(tickets.c.id == ticket, *still).values(**values)
    return connection.execute(statement).rowcount == 1
