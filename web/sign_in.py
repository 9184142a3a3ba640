"""The sign-in page, and sign-out."""

from starlette.requests import Request
from starlette.responses import Response

from domain.site import Site
from domain.viewer import MACHINE
from store.codes import find_code_key
from store.columns import clean_text
from store.users import User
from web.auth import came_by_provider, check_password, find_visitor, has_ended, remember, sign_in, sign_out
from web.csrf import csrf_token
from web.form import Form
from web.half import begin_half
from web.language_choice import chosen_words
from web.redirects import CODE, SIGN_IN, see_other
from web.rendering import render_page
from web.shell import plain_shell
from web.surroundings import Surroundings, surroundings_of

#: What the address says to whoever has just signed out, and came by the identity provider.
OUT = "ut"


def show_sign_in(request: Request) -> Response:
    """Show the form; who is signed in already goes on."""
    visitor = find_visitor(request)
    if visitor.user is not None:
        return see_other(request.query_params.get("next", ""))
    return sign_in_form(request, next=request.query_params.get("next", ""))


def take_sign_in(request: Request, form: Form) -> Response:
    """Sign in, or say that name and password do not go together; which of them is wrong is not said."""
    surroundings = surroundings_of(request)
    # As the database reads it: else one name could be guessed at in many spellings.
    name = clean_text(form.get("name", "")).strip().lower()
    words, next = chosen_words(request), form.get("next", "")
    now, address = surroundings.clock.now(), request.client.host if request.client else ""
    if not (surroundings.tries_by_address.allows(address, now) and surroundings.tries_by_name.allows(name, now)):
        fault = words.gettext("För många försök. Vänta en kvart och försök igen.")
        return sign_in_form(request, name=name, next=next, fault=fault, status=429)
    user = check_password(surroundings, name, form.get("password", ""))
    if user is None:
        fault = words.gettext("Namn och lösenord stämmer inte. Kontrollera båda och försök igen.")
        return sign_in_form(request, name=name, next=next, fault=fault, status=403)
    surroundings.tries_by_name.forget(name)
    # A whole house may share one address.
    surroundings.tries_by_address.give_back(address)
    if _needs_code(surroundings, surroundings.site(), user):
        response: Response = see_other(CODE)
        begin_half(request, response, user, next)
        return response
    response = see_other(next)
    sign_in(request, response, user)
    return response


def take_sign_out(request: Request, _form: Form) -> Response:
    """Sign out; the demo's visitor stays."""
    visitor = find_visitor(request)
    is_known_elsewhere = visitor.user is not None and came_by_provider(request)
    response = see_other(f"{SIGN_IN}?{OUT}" if is_known_elsewhere else SIGN_IN)
    if visitor.user is not None and surroundings_of(request).demo_user is None:
        sign_out(request, response, visitor.user)
    return response


def sign_in_form(
    request: Request, *, next: str = "", name: str = "", fault: str = "", status: int = 200, leaving: str = ""
) -> Response:
    """Return the sign-in page, with what went wrong; `leaving`: where one signs out at the provider too."""
    visitor, site = find_visitor(request), surroundings_of(request).site()
    response = render_page(
        "sign_in.html",
        chosen_words(request),
        status=status,
        shell=plain_shell(request, csrf_token(visitor.secret), site.name),
        name=name,
        next=next,
        fault=fault,
        provider="" if site.identity is None else site.identity.label,
        is_out=OUT in request.query_params,
        has_ended=has_ended(request) and not fault,
        leaving=leaving,
    )
    remember(request, response, visitor)
    return response


def _needs_code(surroundings: Surroundings, site: Site, user: User) -> bool:
    """Return whether a code must follow: where somebody uses codes, or must."""
    if not site.sign_in.code_secret:
        return False
    if user.roles & frozenset(site.sign_in.code_for):
        return True
    with surroundings.database.read() as connection:
        key = find_code_key(connection, MACHINE, user.id)
    return key is not None and key.since is not None
