"""People: who can sign in, where they are signed in, and an end to it; for administrators."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.ids import UserId
from domain.viewer import Role
from pipeline.let_go import let_go
from store import events
from store.codes import drop_code_key
from store.database import Connection
from store.sessions import close_sessions
from store.users import User, close_user, list_colleagues, open_user
from web.auth import actor_of
from web.form import Form
from web.names import ROLES, unit_name
from web.redirects import PEOPLE, see_other
from web.session_rows import SessionRow, going_on, session_rows
from web.visit import Visit, show, visit_of_form


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who can sign in."""

    user: User
    units: tuple[str, ...]
    roles: tuple[str, ...]
    sessions: tuple[SessionRow, ...]
    is_me: bool


def show_people(visit: Visit) -> Response:
    """Show who can sign in. Raises HTTPException 404 for whoever is no administrator."""
    _only_administrators(visit)
    with visit.surroundings.database.read() as connection:
        sessions = going_on(visit, connection)
        rows = [
            PersonRow(
                user=each,
                units=tuple(sorted(unit_name(visit.site, unit) for unit in each.units)),
                roles=tuple(visit.words.gettext(ROLES[role]) for role in Role if role in each.roles),
                sessions=session_rows(visit, [session for session in sessions if session.user == each.id]),
                is_me=each.id == visit.user.id,
            )
            for each in list_colleagues(connection, visit.viewer)
        ]
        return show(visit, connection, "people.html", rows=rows)


def take_person(request: Request, form: Form) -> Response:
    """End somebody's sessions, their codes or their account, or let them in again."""
    visit = visit_of_form(request)
    _only_administrators(visit)
    todo = _ACTIONS.get(form.get("do", ""))
    with visit.surroundings.database.write() as connection:
        person = next((each for each in list_colleagues(connection, visit.viewer) if each.id == visit.row), None)
        if person is None:
            raise HTTPException(404)
        # Nobody locks themselves out.
        if todo is None or person.id == visit.user.id:
            raise HTTPException(400)
        function, kind = todo
        function(visit, connection, person.id)
        events.append(
            connection, kind, at=visit.now, organisation=person.organisation, actor=actor_of(visit.user),
            user=person.name,
        )  # fmt: skip
    return see_other(PEOPLE)


def _end_sessions(_visit: Visit, connection: Connection, id: UserId) -> None:
    close_sessions(connection, id)


def _end_codes(_visit: Visit, connection: Connection, id: UserId) -> None:
    drop_code_key(connection, id)
    # Whose telephone is lost may be signed in on it.
    close_sessions(connection, id)


def _close(visit: Visit, connection: Connection, id: UserId) -> None:
    close_user(connection, id, visit.now)
    let_go(connection, id, sees=None, at=visit.now, actor=actor_of(visit.user))


def _open(_visit: Visit, connection: Connection, id: UserId) -> None:
    open_user(connection, id)


_ACTIONS: dict[str, tuple[Callable[[Visit, Connection, UserId], None], str]] = {
    "end_sessions": (_end_sessions, "session_ended"),
    "end_codes": (_end_codes, "codes_ended"),
    "close": (_close, "user_closed"),
    "open": (_open, "user_opened"),
}


def _only_administrators(visit: Visit) -> None:
    if Role.administrator not in visit.user.roles:
        raise HTTPException(404)
