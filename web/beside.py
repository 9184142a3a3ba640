"""Who else has the ticket before them, and what one has written and not sent."""

import hashlib
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.ids import TicketId
from domain.ticket import Ticket
from pipeline.answer_faults import TextNotTaken
from pipeline.beside import come, keep
from store.database import Connection
from store.presences import Presence, list_presences
from store.tickets import get_ticket
from store.unfinished import find_unfinished, list_unfinished_of
from web.auth import find_visitor
from web.csrf import csrf_token
from web.form import Form
from web.rendering import render_page
from web.times import ShownTime, say_clock, shown_time
from web.visit import Visit, visit_of, visit_of_form
from web.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPresence:
    """Who is there, as the page says it."""

    ticket: TicketId
    lines: tuple[str, ...]
    csrf: str

    @property
    def version(self) -> str:
        """What changes when the lines do: a screen reader is told nothing twice."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownUnfinished:
    """What was written and not sent."""

    text: str = ""
    #: When one's own was kept; None: there is none.
    kept: ShownTime | None = None
    #: Who else has written something.
    others: tuple[str, ...] = ()


def presence_of(connection: Connection, visit: Visit, ticket: Ticket) -> ShownPresence:
    """Return who else is there."""
    there = list_presences(connection, visit.viewer, ticket.id, but=visit.user.id, now=visit.now)
    lines = tuple(_say(each, visit.words) for each in there)
    return ShownPresence(ticket=ticket.id, lines=lines, csrf=csrf_token(visit.visitor.secret))


def unfinished_of(connection: Connection, visit: Visit, ticket: Ticket) -> ShownUnfinished:
    """Return one's own unfinished answer, and who else has one."""
    own = find_unfinished(connection, visit.viewer, visit.user.id, ticket.id)
    others = (name for id, name in list_unfinished_of(connection, visit.viewer, ticket.id) if id != visit.user.id)
    return ShownUnfinished(
        text=own.text if own else "",
        kept=shown_time(own.kept_at, visit.words) if own else None,
        others=tuple(others),
    )


def take_presence(request: Request, form: Form) -> Response:
    """Note that the page is still open; answer with who else is there when that has changed."""
    visitor = find_visitor(request, active=False)
    if visitor.user is None:
        raise HTTPException(401)
    visit = visit_of(request, visitor, visitor.user)
    with visit.surroundings.database.read() as connection:
        try:
            ticket = get_ticket(connection, visit.viewer, TicketId(visit.row))
        except KeyError:
            raise HTTPException(404) from None
        shown = presence_of(connection, visit, ticket)
    come(visit.surroundings.database, visit.user, ticket, visit.now)
    if form.get("version") == shown.version:
        return Response(status_code=204)
    return render_page("presence.html", visit.words, presence=shown)


def take_unfinished(request: Request, form: Form) -> Response:
    """Keep what stands in the answer's field; say when."""
    visit = visit_of_form(request)
    words = visit.words
    try:
        keep_text(visit, form.get("text", ""))
    except TextNotTaken:
        longest = visit.site.answers.longest_text
        said = words.gettext("Skriv ett svar på högst %(longest)s tecken.") % {"longest": longest}
        return render_page("kept.html", words, said=said)
    said = words.gettext("Utkastet sparades %(at)s.") % {"at": say_clock(visit.now, words)}
    return render_page("kept.html", words, said=said if form.get("text", "").strip() else "")


def keep_text(visit: Visit, text: str) -> None:
    """Keep it as an unfinished answer.

    Raises:
        HTTPException: 404 for a ticket that the visitor may not see.
        TextNotTaken: it is too long.
    """
    try:
        keep(visit.surroundings.database, visit.site, visit.user, TicketId(visit.row), text, visit.now)
    except KeyError:
        raise HTTPException(404) from None


def _say(presence: Presence, words: Words) -> str:
    said = words.gettext("%(who)s skriver.") if presence.writing else words.gettext("%(who)s tittar.")
    return said % {"who": presence.name}
