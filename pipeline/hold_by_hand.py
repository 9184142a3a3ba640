"""Hold by hand: a colleague sees that it takes longer, and tells the citizen so with a new time.

Reads: the ticket, and what was written about it.
Writes: that it was decided about a holding reply, the reply in the outbox, an event; all in one transaction.
"""

from collections.abc import Sequence

from domain.decision import Reason
from domain.holding import Holding, withheld
from domain.ids import TicketId
from pipeline.desk import Desk, NotDone
from pipeline.holding import holding_of, queue_holding
from store.holding import mark_held

#: The reason's name when it was decided already: a holding reply goes once a ticket.
ONCE = "once"


class HoldingWithheld(NotDone):
    """No holding reply may go."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        """Keep why, in the order of the table."""
        super().__init__("; ".join(f"{reason.row}: {reason.matched}" for reason in reasons))
        self.reasons = tuple(reasons)


def hold_by_hand(desk: Desk, id: TicketId) -> None:
    """Send a holding reply now, by the same rules as the one that goes by itself (`domain.holding`).

    Raises:
        KeyError: there is no such ticket that the person may see.
        HoldingWithheld: something speaks against it; nothing was written.
    """
    with desk.changing(id) as (connection, ticket):
        holding = holding_of(connection, desk.site, ticket, desk.now)
        against = withheld(desk.site.holding, holding, desk.now) if isinstance(holding, Holding) else holding
        if not against and not mark_held(connection, id, desk.now):
            against = (Reason(ONCE, "it was decided about one already"),)
        if isinstance(holding, Holding) and not against:
            against = queue_holding(connection, desk.site, holding, desk.now)
        if against:
            raise HoldingWithheld(against)
        desk.log(connection, ticket, "holding_asked")
