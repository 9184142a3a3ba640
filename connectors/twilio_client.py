"""Twilio: the SDK's client with our limits on time, and its errors sorted by what the caller must do.

Source: Twilio's 2010-04-01 REST API, and its list of error codes.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from connectors.http_faults import line_fault
from connectors.http_wire import BeforePost
from connectors.twilio_codes import OPTED_OUT, THROTTLED, why
from domain.account import TwilioConnection
from domain.errors import Failing, LimitReached, SendFailed, SendRefused, SendUncertain, Unreachable
from domain.message import FileState, Media

_HOST = "https://api.twilio.com"

#: Codes by which Twilio says that it will never take the message.
REFUSED = frozenset({21211, 21212, 21408, 21601, 21602, 21604, 21606, 21610, 21612, 21614, 21617})


#: However long Twilio says that it takes: it is asked at least so often.
LONGEST_REST_SECONDS = 3600


class NotThere(Unreachable):
    """Twilio has nothing at that place: it was deleted, or the account is another's."""


class TwilioClient:
    """One Twilio account. Used by one thread at a time."""

    def __init__(self, connection: TwilioConnection, secret: str) -> None:
        """Remember the way; nothing is opened yet."""
        self._connection = connection
        self._http = _Http(connection)
        self._client = Client(
            connection.api_key or connection.account_sid, secret, connection.account_sid, http_client=self._http
        )
        self._path = f"/2010-04-01/Accounts/{connection.account_sid}"

    def get(self, path: str, wanted: Mapping[str, str | int] | None = None) -> dict[str, Any]:
        """Return the JSON object at a path: below the account, or whole as a `next_page_uri`.

        Raises:
            Unreachable: at step name, tcp, tls, sign_in, permission, busy, down or protocol.
        """
        try:
            response = self._ask(path, wanted)
            if response.status_code != 200:
                raise _unreachable(response)
            found = json.loads(response.text)
        except requests.RequestException as error:
            raise line_fault(error) from None
        except ValueError:
            raise Unreachable("protocol", "Twilio's answer is not JSON: a proxy may stand in between") from None
        if not isinstance(found, dict):
            raise Unreachable("protocol", "Twilio's answer is not a JSON object: a proxy may stand in between")
        return found

    def download(self, path: str, most_bytes: int, waiting: Media) -> Media:
        """Return a file that waits as stored, as too large, or as gone.

        Raises:
            Unreachable: as `get`.
        """
        try:
            return self._http.download(f"{_HOST}{self._path}{path}", self._client.auth, most_bytes, waiting)
        except requests.RequestException as error:
            raise line_fault(error) from None

    def create(self, before_wire: Callable[[], None], **message: str) -> Any:
        """Send one message and return its resource; `before_wire` is called just before the POST.

        Raises:
            SendFailed: not taken; try again later.
            SendRefused: not taken and never will be.
            SendUncertain: it may have been taken.
        """
        self._http.before_post.do(before_wire)
        try:
            sent = self._client.messages.create(**message)
            if not sent.sid:
                raise SendUncertain("Twilio does not say what it took: it may have gone")
            return sent
        except TwilioRestException as error:
            raise _not_sent(error) from None
        except requests.RequestException as error:
            if not self._http.before_post.may_have_left:
                raise SendFailed(str(line_fault(error))) from None
            raise SendUncertain("The line to Twilio broke while it took the message: it may have gone") from None
        except (TwilioException, ValueError, AttributeError, TypeError):
            raise SendUncertain("Twilio's answer to the message cannot be read: it may have gone") from None
        finally:
            self._http.before_post.do(None)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _ask(self, path: str, wanted: Mapping[str, str | int] | None) -> Response:
        url = _HOST + (path if path.startswith("/2010-04-01/") else f"{self._path}{path}")
        return self._client.request("GET", url, params=dict(wanted or {}) or None)


class _Http(TwilioHttpClient):  # type: ignore[misc]
    """The SDK's own, with a limit on time, and pointed at another host where the settings say so."""

    def __init__(self, connection: TwilioConnection) -> None:
        super().__init__(timeout=connection.timeout_seconds)
        self._base = connection.base_url.rstrip("/")
        self.before_post = BeforePost(self.session)

    def request(self, method: str, url: str, *args: Any, **named: Any) -> Response:
        return super().request(method, url.replace(_HOST, self._base, 1), *args, **named)

    def download(self, url: str, auth: tuple[str, str], most_bytes: int, waiting: Media) -> Media:
        """Read a file in parts, and no more of it than is allowed. Redirects lead to where the files lie."""
        where = url.replace(_HOST, self._base, 1)
        with self.session.get(where, auth=auth, timeout=self.timeout, stream=True) as response:
            if response.status_code in (404, 410):
                return replace(waiting, state=FileState.gone)
            response.raise_for_status()
            type = response.headers.get("Content-Type") or waiting.media_type or "application/octet-stream"
            content = bytearray()
            for part in response.iter_content(65_536):
                content += part
                if len(content) > most_bytes:
                    return replace(waiting, media_type=type, state=FileState.too_large)
            return replace(waiting, media_type=type, state=FileState.stored, content=bytes(content))

    def log_request(self, kwargs: dict[str, Any]) -> None:
        """Write nothing: numbers and texts have no place in a log."""

    def log_response(self, status_code: int, response: Any) -> None:
        """Write nothing."""

    def close(self) -> None:
        self.session.close()


def _unreachable(response: Response) -> Unreachable:
    code = _code(response.text)
    said = f" ({code}: {why(code)})" if code else ""
    match response.status_code:
        case 401:
            return Unreachable("sign_in", f"Twilio does not know the account or its secret{said}: check both")
        case 404:
            return NotThere("sign_in", f"Twilio has no such account{said}: check account_sid")
        case 403:
            return Unreachable("permission", f"The key may not read messages{said}: give it that right at Twilio")
        case 429:
            return LimitReached("Twilio asks us to wait: too many requests at once", _rest(response))
        case status if status >= 500:
            return Unreachable("down", f"Twilio answers with an error of its own ({status}): see its status page")
        case status:
            return Unreachable("protocol", f"Twilio did not understand the question ({status}){said}")


def _rest(response: Response) -> timedelta:
    """Return how long Twilio says that it takes; zero: it does not say."""
    said = str((response.headers or {}).get("Retry-After", ""))
    return (
        timedelta(seconds=min(int(said), LONGEST_REST_SECONDS)) if said.isdecimal() and len(said) < 9 else timedelta(0)
    )


def _not_sent(error: TwilioRestException) -> SendFailed | SendRefused | SendUncertain:
    """Sort a refusal; the sentence goes into logs, where no number belongs."""
    code = int(error.code or 0)
    if error.status >= 500:
        return SendUncertain(f"Twilio answered with an error of its own ({error.status}): it may have gone")
    if code in REFUSED:
        return SendRefused(f"Twilio refuses the message for good ({code}: {why(code)})", opted_out=code in OPTED_OUT)
    failing = Failing.sign_in if error.status in (401, 403) else Failing.transient
    if error.status == 429 or code in THROTTLED:
        failing = Failing.throttled
    return SendFailed(f"Twilio does not take the message now ({code}: {why(code)})", failing)


def _code(text: str) -> int:
    try:
        return int(json.loads(text).get("code") or 0)
    except (ValueError, AttributeError, TypeError):
        return 0
