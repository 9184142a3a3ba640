"""Who else has the ticket before them, and what one has written and not sent."""

import hashlib
import re
from dataclasses import dataclass, replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.ids import MessageId, TicketId
from domain.ticket import Ticket, TicketStatus
from pipeline.answer_faults import TextNotTaken
from pipeline.beside import come, keep
from store.database import Connection
from store.messages import find_latest
from store.presences import Presence, list_presences
from store.tickets import get_ticket
from store.unfinished import find_unfinished, list_unfinished_of
from store.users import find_display_name
from web.auth import find_visitor
from web.csrf import csrf_token
from web.form import Form
from web.preview import sms_length
from web.rendering import render_page
from web.times import ShownTime, say_clock, shown_time
from web.visit import Visit, visit_of, visit_of_form
from web.words import Words, mark

STATUSES = {
    TicketStatus.open: mark("Ärendet har öppnats igen."),
    TicketStatus.closed: mark("Ärendet har avslutats."),
}

_KNOWN = re.compile(rf"(?P<message>[0-9]{{1,18}})\.(?P<holder>[0-9]{{1,18}})\.(?P<status>{'|'.join(TicketStatus)})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPresence:
    """Who is there, as the page says it."""

    ticket: TicketId
    lines: tuple[str, ...]
    csrf: str
    #: What has become of the ticket since the page was opened.
    news: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """What changes when the lines do: a screen reader is told nothing twice."""
        return hashlib.sha256("\n".join([*self.lines, "", *self.news]).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownUnfinished:
    """What was written and not sent."""

    text: str = ""
    #: When one's own was kept; None: there is none.
    kept: ShownTime | None = None
    #: Who else has written something.
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """How a ticket stood when its page was opened: the page carries it."""

    #: The message that came in last; 0: none.
    message: int
    #: Who has it; 0: nobody.
    holder: int
    status: TicketStatus

    def __str__(self) -> str:
        """Return it as the page's form carries it."""
        return f"{self.message}.{self.holder}.{self.status}"


def known_of(ticket: Ticket, latest: MessageId | None) -> Known:
    """Return how a ticket stands; `latest` is the message that came in last."""
    return Known(latest or 0, ticket.assignee or 0, ticket.status)


def news_of(connection: Connection, visit: Visit, ticket: Ticket, form: Form) -> tuple[str, ...]:
    """Return in words what has become of a ticket since its page was opened, as the form says how it stood then."""
    said, words = _KNOWN.fullmatch(form.get("known", "")), visit.words
    if said is None:
        return ()
    was = Known(int(said["message"]), int(said["holder"]), TicketStatus(said["status"]))
    now = known_of(ticket, find_latest(connection, visit.viewer, ticket.id))
    return tuple(
        text
        for is_new, text in (
            (now.message != was.message, words.gettext("Ett nytt meddelande har kommit in.")),
            (now.holder not in {was.holder, visit.user.id}, _say_holder(connection, visit, ticket)),
            (now.status is not was.status, words.gettext(STATUSES[now.status])),
        )
        if is_new
    )


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
        shown = replace(presence_of(connection, visit, ticket), news=news_of(connection, visit, ticket, form))
    come(visit.surroundings.database, visit.user, ticket, visit.now)
    if form.get("version") == shown.version:
        return Response(status_code=204)
    return render_page("presence.html", visit.words, presence=shown)


def take_unfinished(request: Request, form: Form) -> Response:
    """Keep what stands in the answer's field; say when, and of an SMS how long it becomes."""
    visit, text = visit_of_form(request), form.get("text", "")
    words = visit.words
    try:
        ticket = keep_text(visit, text)
    except TextNotTaken:
        longest = visit.site.answers.longest_text
        said = words.gettext("Skriv ett svar på högst %(longest)s tecken.") % {"longest": longest}
        return render_page("kept.html", words, said=said, length=None)
    said = words.gettext("Utkastet sparades %(at)s.") % {"at": say_clock(visit.now, words)}
    return render_page("kept.html", words, said=said if text.strip() else "", length=sms_length(visit, ticket, text))


def keep_text(visit: Visit, text: str) -> Ticket:
    """Keep it as an unfinished answer; return the ticket.

    Raises:
        HTTPException: 404 for a ticket that the visitor may not see.
        TextNotTaken: it is too long.
    """
    try:
        return keep(visit.surroundings.database, visit.site, visit.user, TicketId(visit.row), text, visit.now)
    except KeyError:
        raise HTTPException(404) from None


def _say_holder(connection: Connection, visit: Visit, ticket: Ticket) -> str:
    if ticket.assignee is None:
        return visit.words.gettext("Ingen har ärendet längre.")
    name = find_display_name(connection, visit.viewer, ticket.assignee) or visit.words.gettext("En kollega")
    return visit.words.gettext("%(who)s har ärendet.") % {"who": name}


def _say(presence: Presence, words: Words) -> str:
    said = words.gettext("%(who)s skriver.") if presence.writing else words.gettext("%(who)s tittar.")
    return said % {"who": presence.name}
