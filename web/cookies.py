"""The cookies: the session's token, the visit's secret, a sign-in that has begun, the language, and the way back."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

SESSION = "svarsvakt-session"
#: Random, for whoever is not signed in: forms need something to be bound to.
VISIT = "svarsvakt-visit"
LANGUAGE = "svarsvakt-language"
#: A sign-in that has begun and is not whole.
BEGUN = "svarsvakt-begun"
#: What the queue was narrowed to when it was shown last.
NARROWED = "svarsvakt-narrowed"
#: The ticket that one has just been done with.
DONE = "svarsvakt-done"


def get_cookie(request: Request, name: str) -> str:
    """Return a cookie's value; empty when there is none."""
    return request.cookies.get(_full_name(request, name), "")


def set_cookie(request: Request, response: Response, name: str, value: str, *, lasts: timedelta | None = None) -> None:
    """Set a cookie that scripts cannot read; without `lasts` it ends with the browser."""
    response.set_cookie(
        _full_name(request, name),
        value,
        max_age=None if lasts is None else int(lasts.total_seconds()),
        path="/",
        secure=_is_safe(request),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Make the browser forget a cookie."""
    response.delete_cookie(_full_name(request, name), path="/", secure=_is_safe(request), httponly=True, samesite="lax")


def _full_name(request: Request, name: str) -> str:
    # The prefix makes browsers refuse one that was set by another host or over plain HTTP.
    return f"__Host-{name}" if _is_safe(request) else name


def _is_safe(request: Request) -> bool:
    return request.url.scheme == "https"
