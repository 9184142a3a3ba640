"""What of the queue somebody wants to see."""

from dataclasses import dataclass
from enum import StrEnum

from domain.account import Channel
from domain.category import Urgency
from domain.ids import CategoryId, UnitId
from domain.outcome import Registration
from domain.ticket import TicketStatus


class Holder(StrEnum):
    """Whose tickets are asked for."""

    mine = "mine"
    nobody = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Each part narrows the list; None: it does not."""

    status: TicketStatus = TicketStatus.open
    holder: Holder | None = None
    unit: UnitId | None = None
    channel: Channel | None = None
    category: CategoryId | None = None
    #: ISO code.
    language: str | None = None
    urgency: Urgency | None = None
    #: How far it has come on its way to the register of public records.
    registration: Registration | None = None
    #: True: only what needs a look.
    look: bool = False

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything of the queue out."""
        return self != QueueFilter()
