"""The page that asks for the code after the password, and helps who must use codes to begin."""

import logging

from starlette.requests import Request
from starlette.responses import Response

from domain.errors import BadInput
from store.users import User
from web.auth import begin_session, find_visitor, give_session, remember
from web.code_key import begin_codes, confirm_codes, is_right, log_wrong_code, uses_codes
from web.csrf import csrf_token
from web.form import Form
from web.half import forget_half, half_of
from web.language_choice import chosen_words
from web.redirects import SIGN_IN, own_path, see_other
from web.rendering import render_page
from web.shell import plain_shell
from web.sign_in import sign_in_form
from web.surroundings import surroundings_of

log = logging.getLogger(__name__)


def show_code(request: Request) -> Response:
    """Ask for the code; who has none yet gets the key. Without a right password there is nothing here."""
    half = half_of(request)
    return see_other(SIGN_IN) if half is None else _asked(request, half[0])


def take_code_form(request: Request, form: Form) -> Response:
    """Sign in with a right code; a wrong one is as limited as a wrong password."""
    half, surroundings, words = half_of(request), surroundings_of(request), chosen_words(request)
    if half is None:
        fault = words.gettext("Inloggningen tog för lång tid. Börja om.")
        return sign_in_form(request, fault=fault, status=403)
    user, next = half
    if not surroundings.tries_of_codes.allows(user.name, surroundings.clock.now()):
        fault = words.gettext("För många försök. Vänta en kvart och försök igen.")
        return _asked(request, user, fault=fault, status=429)
    try:
        begun = uses_codes(surroundings, user)
        code = form.get("code", "")
        spare = () if begun else confirm_codes(surroundings, user, code)
        right = bool(spare) or (begun and is_right(surroundings, user, code))
    except BadInput:
        return _out_of_order(request)
    if not right:
        log_wrong_code(surroundings, user)
        fault = words.gettext("Koden stämmer inte eller är redan använd. Vänta på nästa och försök igen.")
        return _asked(request, user, fault=fault, status=403)
    surroundings.tries_of_codes.forget(user.name)
    token = begin_session(request, user)
    response = _spare_codes(request, token, spare, next) if spare else see_other(next)
    give_session(request, response, token)
    forget_half(request, response)
    return response


def _asked(request: Request, user: User, *, fault: str = "", status: int = 200) -> Response:
    surroundings = surroundings_of(request)
    try:
        key = None if uses_codes(surroundings, user) else begin_codes(surroundings, user)
    except BadInput:
        return _out_of_order(request)
    return _page(request, "sign_in_code.html", status=status, key=key, fault=fault)


def _spare_codes(request: Request, token: str, spare: tuple[str, ...], next: str) -> Response:
    """Return the page in the session that has just begun: its forms are bound to that one."""
    shell = plain_shell(request, csrf_token(token), surroundings_of(request).site().name)
    return render_page("spare_codes.html", chosen_words(request), shell=shell, spare=spare, next=own_path(next))


def _out_of_order(request: Request) -> Response:
    log.exception("codes cannot be checked")
    fault = chosen_words(request).gettext("Koder kan inte kontrolleras just nu. Säg till den som sköter Svarsvakt.")
    return sign_in_form(request, fault=fault, status=503)


def _page(request: Request, template: str, *, status: int = 200, **values: object) -> Response:
    visitor, site = find_visitor(request), surroundings_of(request).site()
    shell = plain_shell(request, csrf_token(visitor.secret), site.name)
    response = render_page(template, chosen_words(request), status=status, shell=shell, **values)
    remember(request, response, visitor)
    return response
