"""Calls: tickets that whoever is on duty is called about until somebody answers."""

from datetime import datetime

import sqlalchemy as sa

from domain.alerting import Call
from domain.ids import TicketId
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import calls
from store.visibility import sees_about


def open_call(connection: sa.Connection, call: Call) -> bool:
    """Begin to call about a ticket, or begin again; return False while an earlier call goes on."""
    values = {
        "organisation_id": call.organisation, "account_id": call.account, "unit_id": call.unit, "number": call.number,
        "arrived_at": call.arrived_at, "opened_at": call.opened_at, "ended_at": None, "ended_by": "",
    }  # fmt: skip
    statement = (
        upsert(connection, calls)
        .values(ticket_id=call.ticket, **values)
        .on_conflict_do_update(
            index_elements=[calls.c.ticket_id], set_=values, where=calls.c.ended_at.is_not(None)
        )
        .returning(calls.c.ticket_id)
    )  # fmt: skip
    return connection.execute(statement).first() is not None


def end_call(connection: sa.Connection, ticket: TicketId, by: str, at: datetime) -> bool:
    """Stop calling, once; return whether it still went on."""
    ended = calls.update().where(calls.c.ticket_id == ticket, calls.c.ended_at.is_(None))
    return connection.execute(ended.values(ended_at=at, ended_by=by)).rowcount == 1


def list_open_calls(connection: sa.Connection, viewer: Viewer) -> tuple[Call, ...]:
    """Return the calls that nobody has answered, oldest first."""
    query = (
        sa.select(calls)
        .where(calls.c.ended_at.is_(None), sees_about(viewer, calls))
        .order_by(calls.c.opened_at, calls.c.ticket_id)
    )
    return tuple(_call(row) for row in connection.execute(query).mappings())


def get_call(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> Call:
    """Return the call about a ticket. Raises KeyError when there is none that the viewer may know of."""
    query = sa.select(calls).where(calls.c.ticket_id == ticket, sees_about(viewer, calls))
    row = connection.execute(query).mappings().first()
    if row is None:
        raise KeyError(ticket)
    return _call(row)


def _call(row: sa.RowMapping) -> Call:
    return Call(
        ticket=row["ticket_id"],
        organisation=row["organisation_id"],
        account=row["account_id"],
        unit=row["unit_id"],
        number=row["number"],
        arrived_at=row["arrived_at"],
        opened_at=row["opened_at"],
        ended_at=row["ended_at"],
        ended_by=row["ended_by"],
    )
