"""Who is there: local accounts, and sessions whose token only the browser has."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from threading import BoundedSemaphore

from starlette.requests import Request
from starlette.responses import Response

from domain.errors import BadInput
from domain.signing_in import Rights, may_be_given
from domain.site import Site
from domain.viewer import MACHINE
from store import events
from store.sessions import add_session, close_session, find_session_user, is_by_provider, mark_session_seen
from store.users import User, find_user
from web.cookies import SESSION, VISIT, drop_cookie, get_cookie, set_cookie
from web.device import device_of
from web.passwords import hash_password, verify_password
from web.surroundings import Surroundings, surroundings_of

#: Passwords verified at once: each takes 64 MB and a whole core.
_VERIFYING = BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: a user, or nobody we know."""

    user: User | None
    #: What forms are bound to.
    secret: str
    #: True: the browser does not have the secret yet.
    is_new: bool = False


def find_visitor(request: Request, *, active: bool = True) -> Visitor:
    """Return who asks.

    Args:
        request: what the browser sent.
        active: False for what a page asks for by itself, which keeps no session alive.

    Raises:
        BadInput: the demo's user does not exist.
    """
    surroundings = surroundings_of(request)
    visit = get_cookie(request, VISIT)
    secret = visit or secrets.token_urlsafe(32)
    if surroundings.demo_user is not None:
        return Visitor(_demo_user(surroundings, surroundings.demo_user), secret, is_new=not visit)
    token = get_cookie(request, SESSION)
    user = _session_user(surroundings, token, active=active) if token else None
    if user is not None:
        return Visitor(user, token)
    return Visitor(None, secret, is_new=not visit)


def has_ended(request: Request) -> bool:
    """Return whether the browser still shows a session that has ended."""
    return bool(get_cookie(request, SESSION)) and find_visitor(request, active=False).user is None


def remember(request: Request, response: Response, visitor: Visitor) -> None:
    """Give the browser the secret that its forms are bound to."""
    if visitor.is_new:
        set_cookie(request, response, VISIT, visitor.secret)


def check_password(surroundings: Surroundings, name: str, password: str) -> User | None:
    """Return the user whose name and password these are; as slow where there is no such password."""
    with surroundings.database.read() as connection:
        user = find_user(connection, MACHINE, name)
    with _VERIFYING:
        right = verify_password((user.password_hash if user else "") or _nobodys_hash(), password)
    if user is not None and not right:
        _log(surroundings, user, "sign_in_failed", surroundings.clock.now())
    return user if right and user is not None and not user.is_closed else None


def sign_in(request: Request, response: Response, user: User, *, by_provider: bool = False) -> None:
    """Start a session and give the browser its token; a session that the browser had ends."""
    give_session(request, response, begin_session(request, user, by_provider=by_provider))


def begin_session(request: Request, user: User, *, by_provider: bool = False) -> str:
    """Start a session and return its token, to which forms are bound from now on; one that the browser had ends."""
    surroundings, token = surroundings_of(request), secrets.token_urlsafe(32)
    now, earlier = surroundings.clock.now(), get_cookie(request, SESSION)
    with surroundings.database.write() as connection:
        if earlier:
            close_session(connection, digest_of(earlier))
        device = device_of(request.headers.get("user-agent", ""))
        add_session(connection, user, digest_of(token), now, device=device, by_provider=by_provider)
        events.append(connection, "signed_in", at=now, organisation=user.organisation, actor=actor_of(user))
    return token


def give_session(request: Request, response: Response, token: str) -> None:
    """Give the browser the token of its session."""
    set_cookie(request, response, SESSION, token)
    drop_cookie(request, response, VISIT)


def sign_out(request: Request, response: Response, user: User) -> None:
    """End the session, here and in the browser."""
    surroundings = surroundings_of(request)
    now = surroundings.clock.now()
    with surroundings.database.write() as connection:
        close_session(connection, session_digest(request))
        events.append(connection, "signed_out", at=now, organisation=user.organisation, actor=actor_of(user))
    drop_cookie(request, response, SESSION)


def came_by_provider(request: Request) -> bool:
    """Return whether the identity provider said who it is."""
    with surroundings_of(request).database.read() as connection:
        return is_by_provider(connection, MACHINE, session_digest(request))


def session_digest(request: Request) -> str:
    """Return the digest of the token that the browser shows."""
    return digest_of(get_cookie(request, SESSION))


def actor_of(user: User) -> str:
    """Return how the event log names a user."""
    return f"user/{user.name}"


def _session_user(surroundings: Surroundings, token: str, *, active: bool) -> User | None:
    now, digest = surroundings.clock.now(), digest_of(token)
    lasts = surroundings.site().sign_in
    with surroundings.database.read() as connection:
        user = find_session_user(connection, MACHINE, digest, now=now, idle=lasts.idle, longest=lasts.longest)
    if user is not None and not _still_has_rights(surroundings.site(), user):
        _end_session(surroundings, user, digest, now)
        return None
    if user is not None and active and surroundings.seen.allows(digest, now):
        with surroundings.database.write() as connection:
            mark_session_seen(connection, digest, now)
    return user


def _still_has_rights(site: Site, user: User) -> bool:
    """Return whether the settings give somebody of the organisation's account what they came in with."""
    if not user.subject:
        return True
    rights = Rights(user.organisation, user.units, user.roles)
    return site.identity is not None and may_be_given(rights, site.identity)


def _end_session(surroundings: Surroundings, user: User, digest: str, at: datetime) -> None:
    with surroundings.database.write() as connection:
        if close_session(connection, digest):
            events.append(
                connection, "session_ended", at=at, organisation=user.organisation, actor="system", user=user.name
            )


def _demo_user(surroundings: Surroundings, name: str) -> User:
    with surroundings.database.read() as connection:
        user = find_user(connection, MACHINE, name)
    if user is None:
        raise BadInput(f"the demo's user {name} does not exist: add it before the pages are opened")
    return user


def _log(surroundings: Surroundings, user: User, kind: str, at: datetime) -> None:
    with surroundings.database.write() as connection:
        events.append(connection, kind, at=at, organisation=user.organisation, actor=actor_of(user))


def digest_of(token: str) -> str:
    """Return what is stored instead of a cookie's token."""
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def _nobodys_hash() -> str:
    return hash_password(secrets.token_urlsafe(32))
