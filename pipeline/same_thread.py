"""Same thread: whether a batch still goes on from the tickets that it was decided by, asked just before it is written.

Between gathering and committing another worker may have opened the ticket that a message goes on from; a person may
have closed it, given it to another unit, or made it secret.

Reads: tickets, as `pipeline.threads` does.
Writes: nothing; holds the tickets that the batch touches, and the numbers of tickets, until the transaction ends.
"""

from collections.abc import Sequence

from domain.follow_up import Followed
from domain.ids import TicketId
from pipeline.settled import Settled
from pipeline.threads import find_followed, gather_threads, may_go_on
from store.answers import hold_tickets
from store.database import Connection
from store.new_tickets import hold_numbers


def hold_touched(connection: Connection, batch: Sequence[Settled]) -> None:
    """Hold the tickets that exist and that a batch changes: all at once, so that no two batches wait for each other."""
    touched: set[TicketId | None] = set()
    for each in batch:
        touched |= {
            each.joins.id if each.joins is not None else None,
            each.copy_of.ticket if each.copy_of is not None else None,
            each.report.ours.ticket if each.report is not None else None,
        }
    hold_tickets(connection, {each for each in touched if each is not None})


def goes_on_from_the_same(connection: Connection, batch: Sequence[Settled]) -> bool:
    """Return whether every message that was decided by a ticket, or by there being none, would be so now."""
    asking = [each for each in batch if each.decides_by_thread and may_go_on(each.parsed)]
    if not asking:
        return True
    # Who has opened a ticket in these organisations has committed it by now, or waits for us.
    hold_numbers(connection, [each.opens for each in batch if each.opens is not None])
    answered = {each.answered for each in asking if each.answered is not None}
    threads = gather_threads(connection, [each.parsed for each in asking], answered)
    return all(_told(find_followed(each.parsed, threads, each.answered)) == _told(each.followed) for each in asking)


def _told(followed: Followed | None) -> tuple[object, ...]:
    """Return what a decision hangs on; the clocks of a ticket may run on."""
    if followed is None:
        return ()
    ticket = followed.ticket
    return ticket.id, ticket.status, ticket.closed_at, ticket.unit, ticket.secrecy, ticket.account
