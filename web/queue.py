"""The queue's page: one list for all channels, the promise that breaks first on top."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from domain.ids import TicketId
from domain.ticket import Ticket
from pipeline.figures import read_figures
from store.database import Connection
from store.queue_marks import QueueMark, list_queue_marks
from store.tickets import list_tickets
from web.live import stream
from web.queue_rows import rows_of, version_of
from web.redirects import QUEUE, see_other
from web.rendering import render_page
from web.visit import Visit, show

#: Rows shown at most; the counts above them are exact.
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class _Read:
    tickets: tuple[Ticket, ...]
    marks: Mapping[TicketId, QueueMark]


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
    return {
        "rows": rows_of(read.tickets, read.marks, visit.site, visit.now, visit.words),
        "version": version_of(read.tickets, read.marks, visit.now),
        "figures": read_figures(connection, visit.viewer, visit.now),
    }


def _read(connection: Connection, visit: Visit) -> _Read:
    tickets = list_tickets(connection, visit.viewer, limit=MOST_ROWS)
    return _Read(tickets, list_queue_marks(connection, visit.viewer, [ticket.id for ticket in tickets]))
