"""The sign-in page, and sign-out."""

from starlette.requests import Request
from starlette.responses import Response

from web.auth import check_password, find_visitor, remember, sign_in, sign_out
from web.csrf import csrf_token
from web.form import Form
from web.language_choice import chosen_words
from web.redirects import SIGN_IN, see_other
from web.rendering import render_page
from web.shell import plain_shell
from web.surroundings import surroundings_of


def show_sign_in(request: Request) -> Response:
    """Show the form; who is signed in already goes on."""
    visitor = find_visitor(request)
    if visitor.user is not None:
        return see_other(request.query_params.get("next", ""))
    return _form(request, next=request.query_params.get("next", ""))


def take_sign_in(request: Request, form: Form) -> Response:
    """Sign in, or say that name and password do not go together; which of them is wrong is not said."""
    surroundings, name = surroundings_of(request), form.get("name", "").strip().lower()
    words, next = chosen_words(request), form.get("next", "")
    now, address = surroundings.clock.now(), request.client.host if request.client else ""
    if not (surroundings.tries_by_name.allows(name, now) and surroundings.tries_by_address.allows(address, now)):
        fault = words.gettext("För många försök. Vänta en kvart och försök igen.")
        return _form(request, name=name, next=next, fault=fault, status=429)
    user = check_password(surroundings, name, form.get("password", ""))
    if user is None:
        fault = words.gettext("Namn och lösenord stämmer inte. Kontrollera båda och försök igen.")
        return _form(request, name=name, next=next, fault=fault, status=403)
    surroundings.tries_by_name.forget(name)
    response = see_other(next)
    sign_in(request, response, user)
    return response


def take_sign_out(request: Request, _form: Form) -> Response:
    """Sign out; the demo's visitor stays."""
    visitor = find_visitor(request)
    response = see_other(SIGN_IN)
    if visitor.user is not None and surroundings_of(request).demo_user is None:
        sign_out(request, response, visitor.user)
    return response


def _form(request: Request, *, next: str, name: str = "", fault: str = "", status: int = 200) -> Response:
    visitor = find_visitor(request)
    response = render_page(
        "sign_in.html",
        chosen_words(request),
        status=status,
        shell=plain_shell(request, csrf_token(visitor.secret), surroundings_of(request).site().name),
        name=name,
        next=next,
        fault=fault,
    )
    remember(request, response, visitor)
    return response
