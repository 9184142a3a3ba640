"""Undo: whoever wrote an answer takes it back before it goes, and has its text again.

Reads: the answer in the outbox.
Writes: that it is cancelled, what was written as an unfinished answer, an event; all in one transaction.
"""

from datetime import datetime

from domain.errors import BadInput
from domain.ids import OutgoingId, TicketId
from store.answers import hold_ticket
from store.database import Database
from store.events import append
from store.forwards import drop_forward
from store.undone import get_written, put_undone
from store.unfinished import keep_unfinished
from store.users import User

#: Why it did not go, as the outbox shows it.
UNDONE = "taken back by who wrote it"


class AlreadyGoing(BadInput):
    """It can no longer be taken back."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("it is being sent already: look at how far it got")


def undo(database: Database, user: User, ticket: TicketId, id: OutgoingId, now: datetime) -> None:
    """Take one's own answer or forward in a ticket back.

    Raises:
        KeyError: there is none of that number in the ticket that the user may see, or somebody else wrote it.
        AlreadyGoing: a worker holds it, or it has gone.
    """
    with database.write() as connection:
        written = get_written(connection, user.viewer, id)
        sent = written.outgoing
        if sent.ticket != ticket or written.user != user.id:
            raise KeyError(id)
        hold_ticket(connection, ticket)
        if not put_undone(connection, id, UNDONE):
            raise AlreadyGoing
        keep_unfinished(connection, sent.organisation, user.id, ticket, written.text, now)
        drop_forward(connection, id)
        append(
            connection, "send_undone", at=now, organisation=sent.organisation, actor=f"user/{user.name}",
            account=sent.account, ticket=ticket, outgoing=id, sent=sent.kind,
        )  # fmt: skip
