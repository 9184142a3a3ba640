"""Grouped: what would be decided otherwise, by what changes, with how often and in which tickets."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.ids import MessageId, TicketId
from domain.rule_trial import Difference, TrialChange
from pipeline.difference import COMPARED


@dataclass(slots=True)
class Group:
    """Messages of which the same thing would be otherwise in the same way."""

    difference: Difference
    count: int = 0
    #: Tickets by number, each once, in order.
    tickets: dict[str, TicketId | None] = field(default_factory=dict)
    #: Messages without a ticket.
    messages: list[MessageId] = field(default_factory=list)


def grouped(changed: Iterable[TrialChange]) -> list[Group]:
    """Return the changes by what changes, the largest groups of each first."""
    groups: dict[Difference, Group] = {}
    for each in changed:
        for difference in each.differences:
            group = groups.setdefault(difference, Group(difference))
            group.count += 1
            if each.number is None:
                group.messages.append(each.message)
            else:
                group.tickets[each.number] = each.ticket
    order = {what: place for place, what in enumerate(COMPARED)}
    last = len(COMPARED)
    return sorted(
        groups.values(), key=lambda group: (order.get(group.difference.what, last), -group.count, group.difference)
    )
