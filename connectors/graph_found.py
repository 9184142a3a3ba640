"""What a visit found of one edge of a page, and what of it was refused."""

from dataclasses import dataclass, field

from connectors.graph_codes import NotThere, Refused
from connectors.graph_items import Item

#: So many objects of one edge that are refused at once are no matter of single objects: the edge itself is.
MOST_REFUSED = 20


@dataclass(slots=True)
class Found:
    """What a visit found of one edge."""

    items: list[Item] = field(default_factory=list)
    threads: dict[str, str] = field(default_factory=dict)
    #: By the id that was asked for: the edge, and why not.
    refused: dict[str, tuple[str, Refused]] = field(default_factory=dict)

    def refuse(self, id: str, part: str, fault: Refused) -> None:
        """Note that an object was refused; one that is gone meanwhile is nothing to ask for again.

        Raises:
            Refused: too many are.
        """
        if isinstance(fault, NotThere):
            return
        self.refused[id] = (part, fault)
        if len(self.refused) > MOST_REFUSED:
            raise fault
