"""The way back from a ticket: the queue as it was narrowed when one left it, and what has become of the ticket."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from domain.ids import TicketId
from domain.ticket import Ticket, TicketStatus
from store.database import Connection
from store.tickets import find_tickets, get_ticket
from web.cookies import DONE, NARROWED, drop_cookie, get_cookie, set_cookie
from web.form import Form
from web.names import unit_name
from web.queue_filter import own_query
from web.redirects import QUEUE, see_other
from web.visit import Visit
from web.words import Words

#: Who has not come to the queue by then is told nothing there.
TOLD_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Done:
    """What has become of the ticket that one comes back from."""

    said: str
    #: Where it can be read; empty: it is not seen any more.
    address: str


def way_back(visit: Visit) -> str:
    """Return the address of the queue as the visitor saw it last."""
    return f"{QUEUE}{own_query(get_cookie(visit.request, NARROWED), visit.site)}"


def remember_way(visit: Visit, response: Response, query: str) -> None:
    """Remember what the queue is narrowed to, for the way back; what was told is told once."""
    if get_cookie(visit.request, NARROWED) != query:
        set_cookie(visit.request, response, NARROWED, query)
    if get_cookie(visit.request, DONE):
        drop_cookie(visit.request, response, DONE)


def after(visit: Visit, form: Form) -> Response:
    """Send the visitor on: back to the queue when the ticket is done, or seen no more, else to the ticket.

    The queue then tells what has become of it.
    """
    if form["act"] not in {"close", "forward_unit"} and _sees(visit):
        return see_other(f"/arende/{visit.row}{'#h-notes' if form['act'] == 'note' else ''}")
    response = see_other(way_back(visit))
    set_cookie(visit.request, response, DONE, str(visit.row), lasts=TOLD_WITHIN)
    return response


def find_done(connection: Connection, visit: Visit) -> Done | None:
    """Return what has become of the ticket that the visitor comes from; None: they come from none.

    Of one that the visitor may not see nothing is said but that, whatever the cookie names (P12).
    """
    said = get_cookie(visit.request, DONE)
    if not said.isascii() or not said.isdecimal() or len(said) > 18:
        return None
    try:
        ticket = get_ticket(connection, visit.viewer, TicketId(int(said)))
    except KeyError:
        return Done(visit.words.gettext("Ärendet är lämnat vidare och visas inte längre för dig."), "")
    return Done(_said(ticket, unit_name(visit.site, ticket.unit), visit.words), f"/arende/{ticket.id}")


def _sees(visit: Visit) -> bool:
    with visit.surroundings.database.read() as connection:
        return bool(find_tickets(connection, visit.viewer, [TicketId(visit.row)]))


def _said(ticket: Ticket, unit: str, words: Words) -> str:
    if ticket.status is TicketStatus.closed:
        return words.gettext("Ärende %(number)s är avslutat.") % {"number": ticket.number}
    return words.gettext("Ärende %(number)s ligger nu hos %(unit)s.") % {"number": ticket.number, "unit": unit}
