"""The event log: what was done, by whom and when; for those who lead and those who look after the installation."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.ids import EventId
from domain.viewer import Role
from store import events
from web.auth import actor_of
from web.event_words import KINDS, say_event
from web.names import account_name
from web.times import shown_time
from web.visit import LARGEST_ROW, Visit, show

#: Lines of one page.
PAGE = 100

#: Who reads the log.
READERS = frozenset({Role.lead, Role.administrator})

#: When and how people sign in: administrators read it of everybody, others of themselves.
OWN = frozenset(
    {"signed_in", "signed_out", "sign_in_failed", "code_failed", "spare_code_used", "session_ended"}
    | {"codes_begun", "codes_ended"}
)


def show_log(visit: Visit) -> Response:
    """Show a page of the log, newest first; that it was read stands in it too."""
    if not visit.viewer.roles & READERS:
        raise HTTPException(404)
    query = visit.request.query_params
    before, kind = _row(query.get("before", "")), query.get("kind", "")
    kind = kind if kind in KINDS else ""
    own = frozenset[str]() if Role.administrator in visit.viewer.roles else OWN
    reader = actor_of(visit.user)
    with visit.surroundings.database.read() as connection:
        found = events.list_before(connection, visit.viewer, before, kind=kind, own=own, actor=reader, limit=PAGE + 1)
        lines = [
            {
                "time": shown_time(each.at, visit.words),
                "text": say_event(each, visit.words),
                "account": account_name(visit.site, each.account) if each.account else "",
                "ticket": each.ticket,
            }
            for each in found[:PAGE]
        ]
        response = show(
            visit,
            connection,
            "log.html",
            lines=lines,
            kinds={name: visit.words.gettext(text) for name, text in KINDS.items()},
            kind=kind,
            older=found[PAGE - 1].id if len(found) > PAGE else None,
        )
    with visit.surroundings.database.write() as connection:
        events.append(connection, "log_read", at=visit.now, organisation=visit.user.organisation, actor=reader)
    return response


def _row(text: str) -> EventId:
    number = int(text) if text.isdecimal() and len(text) < 20 else LARGEST_ROW
    return EventId(min(number, LARGEST_ROW))
