"""Saved views beside the queue: a name for a filter, one's own or shared with a unit that one leads."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.ids import SavedViewId, UnitId
from domain.saved_view import LONGEST_NAME, MOST_VIEWS, SavedView
from domain.ticket import TicketStatus
from domain.viewer import Role
from store import events
from store.database import Connection
from store.queue_filter import conditions
from store.saved_views import add_saved_view, drop_saved_view, list_saved_views, name_saved_view
from store.tickets import count_at_most
from web.auth import actor_of
from web.desk import Choice
from web.form import Form
from web.names import unit_name
from web.queue_filter import own_query, read_filter
from web.redirects import QUEUE, see_other
from web.visit import Visit, visit_of_form

#: Closed tickets are counted no further.
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownView:
    """One view in the side."""

    id: int
    name: str
    address: str
    #: How many tickets it shows now: exact of what waits, at most `1000+` of what is closed.
    count: str
    #: The unit that it is shared with; empty: it is the visitor's own.
    shared_with: str
    unit: str
    is_mine: bool
    is_here: bool


def views_of(connection: Connection, visit: Visit, here: str) -> dict[str, Any]:
    """Return what the side of the queue shows.

    Args:
        connection: the transaction to read in.
        visit: who looks.
        here: the filter that is shown, as in the address.
    """
    views = list_saved_views(connection, visit.viewer)
    leads = visit.user.units if Role.lead in visit.user.roles else frozenset()
    units = [Choice(value=unit, text=unit_name(visit.site, unit)) for unit in sorted(leads)]
    return {
        "views": [_shown(connection, visit, each, here) for each in views],
        "sharable": units,
        "narrowed": here,
        "longest_name": LONGEST_NAME,
    }


def take_new_view(request: Request, form: Form) -> Response:
    """Save the filter that is shown under a name."""
    visit = visit_of_form(request)
    query = own_query(form.get("query", ""), visit.site)
    name, unit = _name(form), _unit(visit, form)
    if name and query:
        with visit.surroundings.database.write() as connection:
            if sum(each.user == visit.user.id for each in list_saved_views(connection, visit.viewer)) < MOST_VIEWS:
                add_saved_view(
                    connection, visit.user.organisation, visit.user.id, name=name, query=query, unit=unit,
                    at=visit.now,
                )  # fmt: skip
                _note(connection, visit, "view_saved", name, unit)
    return see_other(f"{QUEUE}{query}")


def take_view(request: Request, form: Form) -> Response:
    """Rename, share or delete a view of one's own. Raises HTTPException 404 for any other."""
    visit = visit_of_form(request)
    id, name, unit = SavedViewId(visit.row), _name(form), _unit(visit, form)
    with visit.surroundings.database.write() as connection:
        if form.get("act") == "delete":
            done, kind = drop_saved_view(connection, visit.user.id, id), "view_deleted"
        else:
            done, kind = bool(name) and name_saved_view(connection, visit.user.id, id, name, unit), "view_changed"
        if not done:
            raise HTTPException(404)
        _note(connection, visit, kind, name, unit)
    return see_other(QUEUE if form.get("act") == "delete" else f"{QUEUE}{own_query(form.get('query', ''), visit.site)}")


def _shown(connection: Connection, visit: Visit, view: SavedView, here: str) -> ShownView:
    return ShownView(
        id=view.id,
        name=view.name,
        address=f"{QUEUE}{view.query}",
        count=_count(connection, visit, view.query),
        shared_with="" if view.unit is None else unit_name(visit.site, view.unit),
        unit=view.unit or "",
        is_mine=view.user == visit.user.id,
        is_here=view.query == here,
    )


def _count(connection: Connection, visit: Visit, query: str) -> str:
    asked = read_filter(dict(parse_qsl(query.removeprefix("?"))), visit.site)
    only = conditions(asked, visit.user.id)
    most = MOST_COUNTED if asked.status is TicketStatus.closed else None
    counted = count_at_most(connection, visit.viewer, status=asked.status, only=only, most=most)
    return f"{MOST_COUNTED}+" if most is not None and counted > most else str(counted)


def _name(form: Form) -> str:
    return " ".join(form.get("name", "").split())[:LONGEST_NAME]


def _unit(visit: Visit, form: Form) -> UnitId | None:
    """Return the unit to share with: one that the visitor is a lead in, else none."""
    unit = UnitId(form.get("unit", ""))
    return unit if unit in visit.user.units and Role.lead in visit.user.roles else None


def _note(connection: Connection, visit: Visit, kind: str, name: str, unit: UnitId | None) -> None:
    events.append(
        connection, kind, at=visit.now, organisation=visit.user.organisation, actor=actor_of(visit.user), view=name,
        unit=unit or "",
    )  # fmt: skip
