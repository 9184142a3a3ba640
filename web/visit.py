"""Visit: a signed-in person asks for a page. Every page but the sign-in goes through here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.site import Site
from domain.viewer import Viewer
from pipeline.beat import stalled
from store.beats import list_beats
from store.database import Connection
from store.users import User
from web.auth import Visitor, find_visitor, remember
from web.csrf import csrf_token
from web.language_choice import chosen_words
from web.redirects import asked_path, to_sign_in
from web.rendering import render_page
from web.shell import read_counts, shell_of
from web.surroundings import Surroundings, surroundings_of
from web.times import say_instant
from web.words import Words

#: Row numbers are signed 64-bit integers in both databases.
LARGEST_ROW = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who asks, when, in which language, and in which configuration."""

    request: Request
    surroundings: Surroundings
    visitor: Visitor
    user: User
    now: datetime
    site: Site
    words: Words

    @property
    def viewer(self) -> Viewer:
        """What this person reads with."""
        return self.user.viewer

    @property
    def row(self) -> int:
        """The row number in the address. Raises HTTPException 404 for one that no database holds."""
        number: int = self.request.path_params["id"]
        if number > LARGEST_ROW:
            raise HTTPException(404)
        return number


Page = Callable[[Visit], Response]


def signed_in(page: Page) -> Callable[[Request], Response]:
    """Return the endpoint of a page: who is not signed in is sent to sign in first."""

    def endpoint(request: Request) -> Response:
        visitor = find_visitor(request)
        if visitor.user is None:
            return to_sign_in(asked_path(request))
        response = page(visit_of(request, visitor, visitor.user))
        remember(request, response, visitor)
        return response

    return endpoint


def signed_in_part(page: Page) -> Callable[[Request], Response]:
    """Return the endpoint of a part that a page asks for by itself: it keeps no session alive, nor sends anybody away.

    Who is not signed in gets 401, so that a script can tell.
    """

    def endpoint(request: Request) -> Response:
        visitor = find_visitor(request, active=False)
        if visitor.user is None:
            return Response(status_code=401)
        return page(visit_of(request, visitor, visitor.user))

    return endpoint


def visit_of(request: Request, visitor: Visitor, user: User) -> Visit:
    """Return the visit of a known user."""
    surroundings = surroundings_of(request)
    return Visit(
        request=request,
        surroundings=surroundings,
        visitor=visitor,
        user=user,
        now=surroundings.clock.now(),
        site=surroundings.site(),
        words=chosen_words(request),
    )


def visit_of_form(request: Request) -> Visit:
    """Return the visit of who posted a form. Raises HTTPException 403 when nobody is signed in."""
    visitor = find_visitor(request)
    if visitor.user is None:
        raise HTTPException(403, "csrf")
    return visit_of(request, visitor, visitor.user)


def show(visit: Visit, connection: Connection, template: str, *, status: int = 200, **values: Any) -> Response:
    """Return a whole page in its frame."""
    shell = shell_of(
        visit.request,
        visit.user,
        visit.words,
        visit.site,
        read_counts(connection, visit.viewer, visit.site, visit.now),
        csrf=csrf_token(visit.visitor.secret),
        is_demo=visit.surroundings.demo_user is not None,
        stalled_since=_stalled_since(visit, connection),
    )
    return render_page(template, visit.words, status=status, shell=shell, **values)


def _stalled_since(visit: Visit, connection: Connection) -> str:
    """Return since when a part of the work stands still, in words; empty: all goes on."""
    still = stalled(list_beats(connection, visit.viewer), visit.site, visit.now)
    return say_instant(still[0][1], visit.now, visit.words) if still else ""
