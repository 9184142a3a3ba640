"""Go on: a citizen has written again, so that the ticket is open and an answer is owed.

Reads: the ticket as it stands now.
Writes: the ticket's status and answer clock, events; all in the deciding transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from domain.clocks import asked_again
from domain.ids import MessageId
from domain.ticket import Ticket
from store.clocks import set_clocks
from store.database import Connection
from store.events import append
from store.tickets import mark_reopened

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def go_on(
    connection: Connection, ticket: Ticket, message: MessageId, arrived_at: datetime, due_at: datetime | None,
    now: datetime,
) -> None:  # fmt: skip
    """Open a ticket again that was closed, also just now, and start its answer anew if it has been given.

    `due_at`: when an answer to the message is due; None: it asks nothing, and leaves the ticket as it is.
    """
    if due_at is None:
        return
    if mark_reopened(connection, ticket.id):
        _tell(connection, "reopened", ticket, message, now)
    if set_clocks(connection, ticket.id, lambda clocks: asked_again(clocks, arrived_at, due_at)) is not None:
        _tell(connection, "answer_asked_again", ticket, message, now, {"due_at": due_at.isoformat()})


def _tell(
    connection: Connection, kind: str, ticket: Ticket, message: MessageId, now: datetime,
    details: Mapping[str, Any] = _NOTHING,
) -> None:  # fmt: skip
    append(
        connection, kind, at=now, organisation=ticket.organisation, actor="decide", account=ticket.account,
        message=message, ticket=ticket.id, **details,
    )  # fmt: skip
