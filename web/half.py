"""Half a sign-in: the password was right, and the code has yet to come."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from domain.viewer import MACHINE
from store.codes import drop_begun_key
from store.sign_ins import LASTS, end_half, find_half, keep_half
from store.users import User
from web.auth import digest_of
from web.cookies import BEGUN, drop_cookie, get_cookie, set_cookie
from web.surroundings import surroundings_of


def begin_half(request: Request, response: Response, user: User, next: str) -> None:
    """Remember whose password was right, and the page that was asked for."""
    surroundings, token = surroundings_of(request), secrets.token_urlsafe(32)
    with surroundings.database.write() as connection:
        drop_begun_key(connection, user.id)
        keep_half(connection, digest_of(token), user.id, next, surroundings.clock.now())
    set_cookie(request, response, BEGUN, token, lasts=LASTS)


def half_of(request: Request) -> tuple[User, str] | None:
    """Return whose password was right in this browser, and the page that was asked for."""
    surroundings, token = surroundings_of(request), get_cookie(request, BEGUN)
    with surroundings.database.read() as connection:
        return find_half(connection, MACHINE, digest_of(token), surroundings.clock.now()) if token else None


def forget_half(request: Request, response: Response) -> None:
    """Forget it: the sign-in is whole."""
    with surroundings_of(request).database.write() as connection:
        end_half(connection, digest_of(get_cookie(request, BEGUN)))
    drop_cookie(request, response, BEGUN)
