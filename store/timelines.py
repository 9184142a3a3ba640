"""Timelines: what a ticket's messages and what was sent about them went through, read from their rows."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from domain.ids import TicketId
from domain.timeline import Milestone, Moment, timed
from domain.viewer import Viewer
from store.merges import in_ticket
from store.schema import deliveries, messages, outgoing
from store.visibility import sees_about, sees_message

_OF_MESSAGE = {
    Milestone.arrived: messages.c.arrived_at,
    Milestone.at_provider: messages.c.provider_at,
    Milestone.stored: messages.c.stored_at,
    Milestone.decided: messages.c.decided_at,
}
_OF_OUTGOING = {
    Milestone.queued: outgoing.c.created_at,
    Milestone.passed: outgoing.c.passed_at,
    Milestone.sent: outgoing.c.sent_at,
    Milestone.bounced: outgoing.c.bounced_at,
}


def list_moments(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> tuple[Moment, ...]:
    """Return the milestones of each message of a ticket, then of each thing that was sent about it, oldest thing first.

    Nothing when its content may not be seen.
    """
    found = [*_of_messages(connection, viewer, ticket), *_of_outgoing(connection, viewer, ticket)]
    return tuple(moment for _, reached in groupby(found, lambda each: each.of) for moment in timed(reached))


def _of_messages(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> Iterator[Moment]:
    query = (
        sa.select(messages.c.id, messages.c.fate, messages.c.decided_by, *_OF_MESSAGE.values())
        .where(in_ticket(messages.c.ticket_id, ticket), sees_message(viewer))
        .order_by(messages.c.id)
    )
    for row in connection.execute(query).mappings():
        of = f"message {row['id']}"
        decided = {Milestone.decided: {"by": row["decided_by"] or "", "became": row["fate"]}}
        for milestone, column in _OF_MESSAGE.items():
            if row[column] is not None:
                yield Moment(of=of, milestone=milestone, at=row[column], **decided.get(milestone, {}))


def _of_outgoing(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> Iterator[Moment]:
    query = (
        sa.select(
            outgoing.c.id, outgoing.c.kind, outgoing.c.state, outgoing.c.bounce_status, *_OF_OUTGOING.values(),
            deliveries.c.noted_at, deliveries.c.state.label("delivery"),
        )
        .outerjoin_from(outgoing, deliveries, deliveries.c.outgoing_id == outgoing.c.id)
        .where(in_ticket(outgoing.c.ticket_id, ticket), sees_about(viewer, outgoing))
        .order_by(outgoing.c.id, deliveries.c.provider_id)
    )  # fmt: skip
    for of, rows in groupby(connection.execute(query).mappings(), lambda row: f"{row['kind']} {row['id']}"):
        yield from _of_one(of, list(rows))


def _of_one(of: str, parts: list[sa.RowMapping]) -> Iterator[Moment]:
    """Tell of one outgoing message; a provider may have reported on each of its parts."""
    row = parts[0]
    became: dict[Milestone, Any] = {Milestone.bounced: row["bounce_status"]}
    # What has not left says at its last step how far it is.
    became[next(each for each in (Milestone.sent, Milestone.passed, Milestone.queued) if row[_OF_OUTGOING[each]])] = (
        row["state"]
    )
    for milestone, column in _OF_OUTGOING.items():
        if row[column] is not None:
            yield Moment(of=of, milestone=milestone, at=row[column], became=became.get(milestone, ""))
    for part in parts:
        if part["noted_at"] is not None:
            yield Moment(of=of, milestone=Milestone.reported, at=part["noted_at"], became=part["delivery"])
