"""What is counted: the clocks of tickets, and when messages came and were handled; never what they are about."""

from collections.abc import Collection, Iterator
from datetime import datetime

import sqlalchemy as sa

from domain.account import Channel
from domain.ids import AccountId
from domain.indicator import Counted, Waited
from domain.outcome import Outcome
from domain.rerouting import RerouteReason
from domain.ticket import TicketStatus
from domain.viewer import Viewer
from store.schema import corrections, handlings, tickets
from store.visibility import sees_organisation, sees_ticket

_WRONG_CONTACT = sa.select(corrections.c.ticket_id).where(corrections.c.reason == RerouteReason.wrong_contact)

_COLUMNS = (
    tickets.c.organisation_id, tickets.c.unit_id, tickets.c.account_id, tickets.c.channel, tickets.c.status,
    tickets.c.outcome, tickets.c.arrived_at, tickets.c.closed_at, tickets.c.notice_due_at, tickets.c.notice_met_at,
    tickets.c.answer_due_at, tickets.c.answer_met_at, tickets.c.first_answer_due_at, tickets.c.first_answered_at,
    tickets.c.id.in_(_WRONG_CONTACT).label("wrong_contact"),
)  # fmt: skip


def list_counted(connection: sa.Connection, viewer: Viewer, since: datetime, until: datetime) -> Iterator[Counted]:
    """Yield what arrived between two instants and is owed an answer, of what the viewer may see; oldest first.

    What runs no clock (advertising, machines, history) is owed none.
    """
    query = (
        sa.select(*_COLUMNS)
        .where(
            sees_ticket(viewer), tickets.c.notice_due_at.is_not(None), tickets.c.arrived_at >= since,
            tickets.c.arrived_at < until,
        )
        .order_by(tickets.c.arrived_at, tickets.c.id)
    )  # fmt: skip
    for row in connection.execute(query):
        yield Counted(
            organisation=row.organisation_id, unit=row.unit_id, account=row.account_id, channel=Channel(row.channel),
            status=TicketStatus(row.status), outcome=Outcome(row.outcome) if row.outcome else None,
            arrived_at=row.arrived_at, closed_at=row.closed_at, notice_due_at=row.notice_due_at,
            notice_met_at=row.notice_met_at, answer_due_at=row.answer_due_at, answer_met_at=row.answer_met_at,
            first_answer_due_at=row.first_answer_due_at, first_answered_at=row.first_answered_at,
            wrong_contact=row.wrong_contact,
        )  # fmt: skip


def list_waited(
    connection: sa.Connection, viewer: Viewer, accounts: Collection[AccountId], since: datetime, until: datetime
) -> Iterator[Waited]:
    """Yield what waited for people in some accounts at any time between two instants."""
    query = sa.select(handlings.c.account_id, handlings.c.arrived_at, handlings.c.handled_at).where(
        sees_organisation(viewer, handlings), handlings.c.account_id.in_(sorted(accounts)),
        handlings.c.arrived_at < until,
        sa.or_(handlings.c.handled_at.is_(None), handlings.c.handled_at >= since),
    )  # fmt: skip
    for account, arrived_at, handled_at in connection.execute(query):
        yield Waited(account=account, arrived_at=arrived_at, handled_at=handled_at)
