"""Overview: what a manager answers for: accounts, what the watch has noticed of them, and units' late tickets."""

from starlette.responses import Response

from domain.account_rights import answers_for
from domain.ids import UnitId
from domain.outcome import Registration
from domain.queue_filter import QueueFilter
from domain.site import Site
from domain.ticket import Ticket
from domain.viewer import Role, Viewer
from store.database import Connection
from store.queue_filter import conditions
from store.queue_marks import list_queue_marks
from store.tickets import list_tickets
from web.accounts import read_rows
from web.queue_filter import address_of
from web.queue_rows import rows_of
from web.redirects import ACCOUNTS, OVERVIEW, QUEUE, see_other
from web.visit import Visit, show

#: Late tickets shown of a unit at most.
MOST_LATE = 50

#: Who works in the queue, and begins there.
IN_THE_QUEUE = frozenset({Role.agent, Role.lead, Role.unit_member})


def show_start(visit: Visit) -> Response:
    """Send everybody to where their day begins: the queue, what is to be registered, accounts, or one's own of them."""
    roles = visit.viewer.roles
    if roles & IN_THE_QUEUE:
        return see_other(QUEUE)
    if Role.registrar in roles:
        return see_other(f"{QUEUE}{address_of(QueueFilter(registration=Registration.to_be_registered))}")
    return see_other(OVERVIEW if Role.manager in roles else ACCOUNTS if Role.administrator in roles else QUEUE)


def show_overview(visit: Visit) -> Response:
    """Show the page."""
    site, viewer = visit.site, visit.viewer
    mine = {each.id for each in site.accounts if answers_for(site, viewer.person, each)}
    with visit.surroundings.database.read() as connection:
        accounts = [row for row in read_rows(connection, visit) if row.id in mine]
        late = _late(connection, visit)
        marks = list_queue_marks(connection, viewer, [each.id for each in late])
        return show(
            visit,
            connection,
            "overview.html",
            noticed=[row for row in accounts if row.findings],
            quiet=[row for row in accounts if not row.findings],
            late=rows_of(late, marks, {}, site, visit.now, visit.words),
        )


def _late(connection: Connection, visit: Visit) -> list[Ticket]:
    """Return the tickets past their time of the viewer's units, of what the viewer may see."""
    late = [
        ticket
        for unit in sorted(_units(visit.site, visit.viewer))
        for ticket in list_tickets(
            connection, visit.viewer, only=conditions(QueueFilter(unit=unit), visit.viewer.user), limit=MOST_LATE
        )
        if ticket.next_due_at is not None and ticket.next_due_at < visit.now
    ]
    return sorted(late, key=lambda ticket: (ticket.next_due_at, ticket.id))


def _units(site: Site, viewer: Viewer) -> frozenset[UnitId]:
    person = viewer.person
    led = {each.id for each in site.units if person is not None and person in (each.manager, each.deputy)}
    return viewer.units | led
