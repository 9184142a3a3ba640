"""The queue's page: one list for all channels, the promise that breaks first on top."""

import gzip
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from domain.ids import TicketId, UserId
from domain.queue_filter import Holder, QueueFilter
from domain.ticket import Ticket, TicketStatus
from domain.viewer import Role
from pipeline.figures import Figures, read_figures
from store.database import Connection
from store.menu import LiveNumbers, count_live
from store.queue_filter import conditions
from store.queue_marks import QueueMark, list_queue_marks
from store.tickets import count_tickets, list_tickets
from store.users import list_colleagues
from web.live import Seen, said, stream
from web.queue_change import Versions, listed_of
from web.queue_filter import address_of, fields_of, read_filter
from web.queue_rows import minute_of, rows_of, version_of
from web.redirects import QUEUE
from web.rendering import render_page
from web.saved_views import views_of
from web.visit import Visit, show
from web.way_back import find_done, remember_way

#: Rows shown at most; the counts above them are exact.
MOST_ROWS = 200

#: Who is told of a change shares the list with everybody who is told of it in so short a time.
PATIENCE_SECONDS = 0.25

HTML = "text/html; charset=utf-8"

#: Beside the list, which all share: how many tickets who asks has taken.
OWN_COUNT = "svarsvakt-mine"


@dataclass(frozen=True, slots=True)
class _Read:
    asked: QueueFilter
    tickets: tuple[Ticket, ...]
    marks: Mapping[TicketId, QueueMark]
    #: The names of who has them.
    holders: Mapping[UserId, str]
    figures: Figures
    live: LiveNumbers
    #: When it was read: a stream lasts longer than the instant it was asked for.
    now: datetime
    #: Another when anything in the list is, or above it.
    version: str


@dataclass(frozen=True, slots=True)
class _Part:
    """The list as it is sent."""

    plain: bytes
    compressed: bytes


def show_queue(visit: Visit) -> Response:
    """Show the whole page; the list in it is shared with all who see the same, as it is now."""
    read, part = _shared_part(visit, 0)
    query = address_of(read.asked)
    with visit.surroundings.database.read() as connection:
        beside = views_of(connection, visit, query)
        response = show(
            visit, connection, "queue.html", listed=Markup(part.plain.decode()), done=find_done(connection, visit),  # noqa: S704
            asked=read.asked, fields=fields_of(read.asked, visit.site, visit.user.organisation, visit.words), **beside,
        )  # fmt: skip
    remember_way(visit, response, query)
    return response


def show_rows(visit: Visit) -> Response:
    """Show the list alone, for the script that keeps it fresh; who is told of a version shares it with all others."""
    read, part = _shared_part(visit, PATIENCE_SECONDS if "version" in visit.request.query_params else 0)
    headers = {"vary": "accept-encoding", OWN_COUNT: str(read.live.held.get(visit.user.id, 0))}
    if "gzip" in visit.request.headers.get("accept-encoding", ""):
        return Response(part.compressed, media_type=HTML, headers={**headers, "content-encoding": "gzip"})
    return Response(part.plain, media_type=HTML, headers=headers)


def _shared_part(visit: Visit, patience: float) -> tuple[_Read, _Part]:
    """Return the list and how it is shown, made once for all who see the same."""
    read = _read_shared(visit, patience)
    key = ("rows", visit.words.language, id(visit.site), *_shared_key(visit))
    return read, visit.surroundings.shared.get(
        key, lambda: (read.version, read.figures), lambda: _rendered(visit, read)
    )


def watch_queue(visit: Visit) -> Response:
    """Stream what changes in the list, of what this viewer may see and nothing else.

    Where the browser's version is not known to this process any more, only the new version is said.
    """
    key = (visit.words.language, *_shared_key(visit))

    def look(last: str) -> Seen:
        read, _ = _shared_part(visit, PATIENCE_SECONDS)
        return Seen(read.version, "" if read.version == last else news(last, read.version), partial(_own_count, read))

    def news(last: str, version: str) -> str:
        change = _versions_of(visit).change(last, version)
        return said("version", version) if change is None else said("change", change)

    return stream(visit, key, look)


def _own_count(read: _Read, user: UserId) -> str:
    return said("mine", str(read.live.held.get(user, 0)))


def _shared_key(visit: Visit) -> tuple[Hashable, ...]:
    """Return what two visitors have in common who are shown the same list."""
    viewer, asked = visit.viewer, read_filter(visit.request.query_params, visit.site)
    mine = viewer.user if asked.holder is Holder.mine else None
    return viewer.organisation, viewer.units, Role.lead in viewer.roles, asked, mine


def _read_shared(visit: Visit, patience: float) -> _Read:
    """Return the list of now, read once for all who see the same."""
    surroundings = visit.surroundings

    def state() -> Hashable:
        changed = surroundings.shared.get("state", monotonic, surroundings.database.state, patience_seconds=patience)
        return changed, minute_of(surroundings.clock.now())

    def read() -> _Read:
        with surroundings.database.read() as connection:
            return _read(connection, visit)

    return surroundings.shared.get(("list", *_shared_key(visit)), state, read, patience_seconds=patience)


def _rendered(visit: Visit, read: _Read) -> _Part:
    with visit.surroundings.database.read() as connection:
        plain = bytes(render_page("queue_list.html", visit.words, **_values(connection, visit, read)).body)
    _versions_of(visit).add(read.version, listed_of(plain.decode()))
    return _Part(plain, gzip.compress(plain, 1))


def _versions_of(visit: Visit) -> Versions:
    """Return the last versions of the list, the same for all who see the same in the same language."""
    key = ("versions", visit.words.language, *_shared_key(visit))
    return visit.surroundings.shared.get(key, lambda: 0, Versions)


def _values(connection: Connection, visit: Visit, read: _Read) -> dict[str, Any]:
    address = address_of(read.asked)
    return {
        "rows": rows_of(read.tickets, read.marks, read.holders, visit.site, read.now, visit.words),
        "asked": read.asked,
        "found": _found(connection, visit, read),
        "rows_address": f"{QUEUE}/rader{address}",
        "stream_address": f"{QUEUE}/strom{address}",
        "version": read.version,
        "figures": read.figures,
        "to_look_at": read.live.to_look_at,
    }


def _read(connection: Connection, visit: Visit) -> _Read:
    asked = read_filter(visit.request.query_params, visit.site)
    only = conditions(asked, visit.user.id)
    tickets = list_tickets(connection, visit.viewer, status=asked.status, only=only, limit=MOST_ROWS)
    marks = list_queue_marks(connection, visit.viewer, [ticket.id for ticket in tickets])
    now = visit.surroundings.clock.now()
    figures = read_figures(connection, visit.viewer, now)
    live = count_live(connection, visit.viewer)
    version = f"{version_of(tickets, marks, now)}_{figures.open}_{figures.late}_{live.to_look_at}"
    return _Read(asked, tickets, marks, _holders(connection, visit, tickets), figures, live, now, version)


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
