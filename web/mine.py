"""Mine: where one is signed in, and the codes beside the password."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import BadInput
from domain.viewer import Role
from store import events
from store.codes import drop_begun_key, drop_code_key, find_code_key
from store.database import Connection
from store.sessions import close_sessions
from web.auth import actor_of, session_digest
from web.code_key import begin_codes, confirm_codes, is_right, log_wrong_code
from web.form import Form
from web.log import READERS
from web.redirects import MINE, see_other
from web.session_rows import going_on, session_rows
from web.visit import Visit, show, visit_of_form

log = logging.getLogger(__name__)


def show_mine(visit: Visit) -> Response:
    """Show the page."""
    return _page(visit)


def take_mine(request: Request, form: Form) -> Response:
    """Do what the page offers."""
    visit = visit_of_form(request)
    if visit.surroundings.demo_user is not None:
        raise HTTPException(403)
    todo = {
        "end": _end, "end_others": _end_others, "begin_codes": _begin_codes, "confirm_codes": _confirm_codes,
        "stop_codes": _stop_codes,
    }.get(form.get("do", ""))  # fmt: skip
    if todo is None:
        raise HTTPException(400)
    try:
        return todo(visit, form)
    except BadInput:
        log.exception("codes cannot be checked")
        fault = visit.words.gettext("Koder kan inte kontrolleras just nu. Säg till den som sköter Svarsvakt.")
        return _page(visit, fault=fault, status=503)


def _end(visit: Visit, form: Form) -> Response:
    with visit.surroundings.database.write() as connection:
        if form.get("session") and close_sessions(connection, visit.user.id, name=form["session"]):
            _log(visit, connection, "session_ended")
    return see_other(MINE)


def _end_others(visit: Visit, _form: Form) -> Response:
    with visit.surroundings.database.write() as connection:
        if close_sessions(connection, visit.user.id, but=session_digest(visit.request)):
            _log(visit, connection, "session_ended")
    return see_other(MINE)


def _begin_codes(visit: Visit, _form: Form) -> Response:
    _only_who_may_use_codes(visit)
    with visit.surroundings.database.write() as connection:
        drop_begun_key(connection, visit.user.id)
    return _page(visit, key=begin_codes(visit.surroundings, visit.user))


def _confirm_codes(visit: Visit, form: Form) -> Response:
    _only_who_may_use_codes(visit)
    spare = confirm_codes(visit.surroundings, visit.user, form.get("code", "")) if _has_try(visit) else ()
    if spare:
        return _page(visit, spare=spare)
    fault = visit.words.gettext("Koden stämmer inte eller är redan använd. Vänta på nästa och försök igen.")
    return _page(visit, key=begin_codes(visit.surroundings, visit.user), fault=fault, status=403)


def _stop_codes(visit: Visit, form: Form) -> Response:
    if _must_use_codes(visit):
        raise HTTPException(400)
    has_try = _has_try(visit)
    if not has_try or not is_right(visit.surroundings, visit.user, form.get("code", "")):
        if has_try:
            log_wrong_code(visit.surroundings, visit.user)
        fault = visit.words.gettext("Koden stämmer inte eller är redan använd. Vänta på nästa och försök igen.")
        return _page(visit, fault=fault, status=403)
    with visit.surroundings.database.write() as connection:
        drop_code_key(connection, visit.user.id)
        _log(visit, connection, "codes_ended")
    return see_other(MINE)


def _has_try(visit: Visit) -> bool:
    return visit.surroundings.tries_of_codes.allows(visit.user.name, visit.now)


def _only_who_may_use_codes(visit: Visit) -> None:
    if not _may_use_codes(visit):
        raise HTTPException(400)


def _may_use_codes(visit: Visit) -> bool:
    return bool(visit.site.sign_in.code_secret) and not visit.user.subject


def _must_use_codes(visit: Visit) -> bool:
    return bool(visit.user.roles & frozenset(visit.site.sign_in.code_for))


def _page(visit: Visit, *, status: int = 200, **values: object) -> Response:
    with visit.surroundings.database.read() as connection:
        key = find_code_key(connection, visit.viewer, visit.user.id)
        return show(
            visit,
            connection,
            "mine.html",
            status=status,
            sessions=session_rows(visit, going_on(visit, connection, visit.user.id)),
            may_use_codes=_may_use_codes(visit),
            must_use_codes=_must_use_codes(visit),
            uses_codes=key is not None and key.since is not None,
            spare_left=key.spare if key else 0,
            reads_log=bool(READERS & visit.user.roles),
            is_administrator=Role.administrator in visit.user.roles,
            **{"key": None, "spare": (), "fault": "", **values},
        )


def _log(visit: Visit, connection: Connection, kind: str) -> None:
    events.append(connection, kind, at=visit.now, organisation=visit.user.organisation, actor=actor_of(visit.user))
