"""Where the visitor goes next: only to pages of ours."""

from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse

QUEUE = "/ko"
SIGN_IN = "/logga-in"
#: Where the code is asked for after the password.
CODE = "/logga-in/kod"
MINE = "/mitt"
OVERVIEW = "/oversikt"
ACCOUNTS = "/konton"
PEOPLE = "/anvandare"


def own_path(address: str) -> str:
    """Return the address if it is a path of ours, else the queue's.

    >>> own_path("/arende/3")
    '/arende/3'
    >>> own_path("//elsewhere.example/arende/3")
    '/ko'
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return QUEUE
    is_ours = not parts.scheme and not parts.netloc and address.startswith("/") and "\\" not in address
    return address if is_ours and not address.startswith("//") and address.isprintable() else QUEUE


def asked_path(request: Request) -> str:
    """Return the address of the page that was asked for, with what narrows it."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def see_other(address: str) -> RedirectResponse:
    """Send the visitor on to a page of ours, as after a form."""
    return RedirectResponse(own_path(address), status_code=303)


def to_sign_in(address: str) -> RedirectResponse:
    """Send the visitor to sign in first, and then to the page asked for."""
    return RedirectResponse(f"{SIGN_IN}?next={quote(own_path(address), safe='')}", status_code=303)
