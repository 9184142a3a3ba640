"""One question to a token server over TLS, and its answer. Source: RFC 6749 sections 4.4, 5 and 6."""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

from connectors.reach import line_fault
from connectors.token_faults import refusal
from domain.account import OAuth
from domain.errors import Unreachable

#: No answer is longer: tokens have a few thousand characters.
LONGEST_ANSWER_BYTES = 64 * 1024

#: No token is believed to hold longer.
LONGEST_LIFETIME = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a token server gave; what it shows of itself holds neither token."""

    access_token: str = field(repr=False)
    lifetime: timedelta
    #: Replaces the one that was shown; empty: that one goes on.
    refresh_token: str = field(repr=False, default="")


def ask(oauth: OAuth, shown: Mapping[str, str]) -> Answer:
    """Show the token server who we are, and return the token.

    Raises:
        Unreachable: at step token: it said no, cannot be reached, is slow, or gave what cannot be read.
    """
    where = urlsplit(oauth.token_url)
    host = where.hostname or ""
    request = Request(  # noqa: S310 - the settings take https only
        oauth.token_url,
        urlencode(shown).encode(),
        {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"},
    )
    try:
        with _opener().open(request, timeout=oauth.timeout_seconds) as response:
            return _answer(host, _content(response))
    except HTTPError as error:
        with error:
            raise refusal(oauth, error.code, _said(error)) from None
    except URLError as error:
        reason = error.reason if isinstance(error.reason, OSError) else OSError()
        raise _away(line_fault(reason, host, where.port or 443)) from None
    except (OSError, UnicodeError) as error:
        raise _away(line_fault(error, host, where.port or 443)) from None
    except (http.client.HTTPException, ValueError):
        raise Unreachable("token", f"{host} does not answer as a token server: check token_url") from None


class _NoRedirects(HTTPRedirectHandler):
    """Goes nowhere else: what we show is for this server only."""

    def redirect_request(self, *_: Any) -> None:
        """Refuse."""


def _opener() -> OpenerDirector:
    return build_opener(HTTPSHandler(context=ssl.create_default_context()), _NoRedirects())


def _away(fault: Unreachable) -> Unreachable:
    return Unreachable("token", f"The token server cannot be reached. {fault}")


def _content(response: IO[bytes]) -> dict[str, Any]:
    """Return the JSON object of an answer.

    Raises:
        ValueError: it is none, or too long.
    """
    read = response.read(LONGEST_ANSWER_BYTES + 1)
    try:
        content = json.loads(read) if len(read) <= LONGEST_ANSWER_BYTES else None
    except RecursionError:
        content = None
    if not isinstance(content, dict):
        raise ValueError("no JSON object of a fair size")
    return content


def _said(error: HTTPError) -> dict[str, Any]:
    """Return what came with a no; nothing when it cannot be read: its number says enough then."""
    try:
        return _content(error)
    except (OSError, ValueError, http.client.HTTPException):
        return {}


def _answer(host: str, content: Mapping[str, Any]) -> Answer:
    token, kind = content.get("access_token"), content.get("token_type")
    if not _is_token(token) or str(kind).lower() != "bearer":
        raise Unreachable("token", f"{host} gave no bearer token: check token_url and scope")
    renewed = content.get("refresh_token")
    return Answer(str(token), _lifetime(content.get("expires_in")), str(renewed) if _is_token(renewed) else "")


def _is_token(given: object) -> bool:
    """Say whether it can be a token: printable ASCII, which cannot break out of the sign-in (RFC 6750 section 2.1)."""
    return isinstance(given, str) and given != "" and given.isascii() and given.isprintable() and " " not in given


def _lifetime(given: object) -> timedelta:
    """Return how long the token holds; one of unknown end is used once."""
    try:
        seconds = float(str(given))
    except ValueError:
        return timedelta(0)
    return min(timedelta(seconds=seconds), LONGEST_LIFETIME) if 0 < seconds < 10**9 else timedelta(0)
