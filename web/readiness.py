"""Readiness: what the machines around us ask, to know whether to start us anew or to send people here."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from domain.errors import SvarsvaktError
from store.failure import DatabaseFailed
from store.migrate import is_current
from web.surroundings import surroundings_of


def show_health(_request: Request) -> Response:
    """Say that this process answers; a server that does not is to be started anew."""
    return PlainTextResponse("ok\n")


def show_readiness(request: Request) -> Response:
    """Say whether pages can be shown; 503 with a sentence when they cannot, so that people are sent to another server.

    The sentence names no host and no password: anybody may ask.
    """
    wrong = _what_is_wrong(request)
    return PlainTextResponse("ready\n") if wrong is None else PlainTextResponse(f"{wrong}\n", 503)


def _what_is_wrong(request: Request) -> str | None:
    surroundings = surroundings_of(request)
    try:
        if not is_current(surroundings.database):
            return "the tables are not up to date: run svarsvakt migrate"
        surroundings.site()
    except DatabaseFailed:
        return "the database does not answer"
    except SvarsvaktError:
        return "no configuration is active: run svarsvakt activate"
    return None
