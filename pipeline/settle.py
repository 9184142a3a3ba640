"""Settle: a person says what became of a send that is uncertain (P8).

Reads: the uncertain send.
Writes: how far it got, the clocks of its ticket, an event.
"""

from datetime import datetime
from enum import StrEnum

from domain.errors import BadInput
from domain.ids import OutgoingId
from domain.viewer import Viewer
from outbox.deliver import stop_clocks
from store.database import Database
from store.events import append
from store.unsettled import get_uncertain, settle_as_queued, settle_as_sent


class Settling(StrEnum):
    """What a person says of an uncertain send."""

    #: It went: it is not sent again.
    went = "went"
    #: Send it again: whoever got it already gets it twice.
    again = "again"


def settle(
    database: Database, viewer: Viewer, id: OutgoingId, settling: Settling, *, actor: str, now: datetime
) -> None:
    """Settle an uncertain send, once.

    A reply that is sent again passes the brakes again: one that names a time that has passed does not go.

    Raises:
        BadInput: there is none of that number that the viewer may see, or somebody has settled it already.
    """
    with database.write() as connection:
        try:
            uncertain = get_uncertain(connection, viewer, id)
        except KeyError:
            raise BadInput(f"no uncertain send has the number {id}: it may be settled already") from None
        if settling is Settling.went:
            settled = settle_as_sent(connection, id, now)
            stop_clocks(connection, uncertain.ticket, uncertain.kind, now, uncertain.answer_at)
        else:
            settled = settle_as_queued(connection, id)
        if not settled:
            raise BadInput(f"the send {id} was settled by somebody else just now")
        append(
            connection, f"settled_{settling}", at=now, organisation=uncertain.organisation, actor=actor,
            account=uncertain.account, ticket=uncertain.ticket, outgoing=id, sent=uncertain.kind,
        )  # fmt: skip
