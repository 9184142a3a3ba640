"""The queue's page: one list for all channels, the promise that breaks first on top."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from domain.ids import TicketId, UserId
from domain.queue_filter import QueueFilter
from domain.ticket import Ticket, TicketStatus
from pipeline.figures import read_figures
from store.database import Connection
from store.queue_filter import conditions
from store.queue_marks import QueueMark, list_queue_marks
from store.tickets import count_tickets, list_tickets
from store.users import list_colleagues
from web.live import stream
from web.queue_filter import address_of, fields_of, read_filter
from web.queue_rows import rows_of, version_of
from web.redirects import QUEUE, see_other
from web.rendering import render_page
from web.visit import Visit, show

#: Rows shown at most; the counts above them are exact.
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class _Read:
    asked: QueueFilter
    tickets: tuple[Ticket, ...]
    marks: Mapping[TicketId, QueueMark]
    #: The names of who has them.
    holders: Mapping[UserId, str]


def show_start(_visit: Visit) -> Response:
    """Send everybody to the queue."""
    return see_other(QUEUE)


def show_queue(visit: Visit) -> Response:
    """Show the whole page."""
    with visit.surroundings.database.read() as connection:
        return show(visit, connection, "queue.html", **_values(connection, visit))


def show_rows(visit: Visit) -> Response:
    """Show the list alone, for the script that keeps it fresh."""
    with visit.surroundings.database.read() as connection:
        return render_page("queue_list.html", visit.words, **_values(connection, visit))


def watch_queue(visit: Visit) -> Response:
    """Stream the version of the list whenever it changes, of what this viewer may see and nothing else."""

    def version() -> str:
        now = visit.surroundings.clock.now()
        with visit.surroundings.database.read() as connection:
            read = _read(connection, visit)
        return version_of(read.tickets, read.marks, now)

    return stream(visit, version)


def _values(connection: Connection, visit: Visit) -> dict[str, Any]:
    read = _read(connection, visit)
    address = address_of(read.asked)
    return {
        "rows": rows_of(read.tickets, read.marks, read.holders, visit.site, visit.now, visit.words),
        "fields": fields_of(read.asked, visit.site, visit.user.organisation, visit.words),
        "asked": read.asked,
        "found": _found(connection, visit, read),
        "rows_address": f"{QUEUE}/rader{address}",
        "stream_address": f"{QUEUE}/strom{address}",
        "version": version_of(read.tickets, read.marks, visit.now),
        "figures": read_figures(connection, visit.viewer, visit.now),
    }


def _read(connection: Connection, visit: Visit) -> _Read:
    asked = read_filter(visit.request.query_params, visit.site)
    only = conditions(asked, visit.user.id)
    tickets = list_tickets(connection, visit.viewer, status=asked.status, only=only, limit=MOST_ROWS)
    marks = list_queue_marks(connection, visit.viewer, [ticket.id for ticket in tickets])
    return _Read(asked, tickets, marks, _holders(connection, visit, tickets))


def _holders(connection: Connection, visit: Visit, tickets: Sequence[Ticket]) -> dict[UserId, str]:
    if all(ticket.assignee is None for ticket in tickets):
        return {}
    return {each.id: each.display_name for each in list_colleagues(connection, visit.viewer)}


def _found(connection: Connection, visit: Visit, read: _Read) -> str:
    """Return how many tickets there are of what was asked for; of closed ones no more are counted than are shown."""
    if len(read.tickets) < MOST_ROWS:
        return str(len(read.tickets))
    if read.asked.status is TicketStatus.closed:
        return f"{MOST_ROWS}+"
    return str(count_tickets(connection, visit.viewer, only=conditions(read.asked, visit.user.id)))
