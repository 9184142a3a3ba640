"""Let go: what somebody holds and can work with no more is nobody's again: shut out, or without the right to see it.

Reads: the tickets that a person holds.
Writes: that nobody has them; an event for each.
"""

from datetime import datetime

from domain.ids import UserId
from domain.viewer import Viewer
from store import events
from store.database import Connection
from store.desk import release_held


def let_go(connection: Connection, user: UserId, *, sees: Viewer | None, at: datetime, actor: str) -> int:
    """Give a person's open tickets back to the queue, in the transaction of what took them away; return how many.

    Args:
        connection: writes.
        user: who holds them.
        sees: with whose eyes the person sees now: what these still see is kept; None: nothing is.
        at: now.
        actor: who took the person's account or rights away, as the event log names them.
    """
    released = release_held(connection, user, sees)
    events.append_all(
        connection,
        [
            events.NewEvent(
                "released", at=at, organisation=each.organisation, actor=actor, account=each.account, ticket=each.ticket
            )
            for each in released
        ],
    )
    return len(released)
