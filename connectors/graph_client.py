"""The Graph API: facebook-sdk behind one thin class, with our limits on time, and its errors sorted.

The SDK is older than the API: it is told the version after it was made, and its session keeps the token out of
addresses, where it would stand in exceptions and logs.

Source: Meta's Graph API reference; "Secure API calls" for the proof.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from typing import Any, cast
from urllib.parse import urlsplit

import facebook
import requests

from connectors.graph_codes import not_sent, unreachable
from connectors.graph_pace import Usage, read_usage
from connectors.http_faults import line_fault
from connectors.http_wire import BeforePost
from domain.account import FacebookConnection
from domain.errors import SendFailed, SendUncertain, Unreachable
from domain.message import FileState

#: Where Meta keeps pictures and files.
FILE_HOSTS = (".fbcdn.net", ".fbsbx.com", ".facebook.com")

Resource = dict[str, Any]


class GraphClient:
    """The Graph API with one page's token. Used by one thread at a time."""

    def __init__(self, connection: FacebookConnection, token: str, app_secret: str = "") -> None:
        """Remember the way; nothing is opened yet. Without the app's secret requests carry no proof."""
        self._connection = connection
        self._token = token
        self._app_secret = app_secret
        self._session = _Session(connection, token, app_secret)
        self._graph = facebook.GraphAPI(timeout=connection.timeout_seconds, session=self._session)
        self._graph.version = connection.version

    @property
    def usage(self) -> Usage:
        """Return how much of Meta's limits is used, by the last answer."""
        return self._session.usage

    def get(self, id: str, edge: str = "", **wanted: str | int) -> Resource:
        """Return an object, or a page of one of its edges.

        Raises:
            NotThere: it does not exist, or is not ours to see.
            Unreachable: at step name, tcp, tls, token, permission, busy, down or protocol.
        """
        return self._ask(f"{self._connection.version}/{id}{f'/{edge}' if edge else ''}", dict(wanted))

    def pages(self, id: str, edge: str, **wanted: str | int) -> Iterator[list[Resource]]:
        """Yield the pages of an edge, by its cursors. Raises Unreachable as `get`."""
        following: dict[str, str | int] = {}
        while True:
            answer = self.get(id, edge, **wanted, **following)
            yield items(answer)
            after = next_cursor(answer)
            if not after or following.get("after") == after:
                return
            following = {"after": after}

    def token_facts(self) -> Resource:
        """Return what Meta says of the token. Raises Unreachable as `get`: it may not be asked everywhere."""
        asked: dict[str, Any] = {"input_token": self._token}
        if self._connection.app_id and self._app_secret:
            asked["access_token"] = f"{self._connection.app_id}|{self._app_secret}"
        return cast(Resource, self._ask(f"{self._connection.version}/debug_token", asked).get("data") or {})

    def post(self, id: str, edge: str, before_wire: Callable[[], None] | None, **given: str) -> Resource:
        """Write to an object or an edge of it; `before_wire` is called just before the POST.

        Raises:
            SendFailed: not taken; try again later.
            SendRefused: not taken and never will be.
            SendUncertain: it may have been taken.
        """
        self._session.before_post.do(before_wire)
        try:
            said = self._graph.request(self._path(id, edge), post_args=dict(given), method="POST")
            return said if isinstance(said, dict) else {}
        except facebook.GraphAPIError as error:
            raise not_sent(_said(error), self._session.status, self.usage.rest) from None
        except requests.RequestException as error:
            if not self._session.before_post.may_have_left:
                raise SendFailed(str(line_fault(error))) from None
            raise SendUncertain("The line to Facebook broke while it took the message: it may have gone") from None
        except (ValueError, KeyError):
            raise SendUncertain("Facebook's answer to the message cannot be read: it may have gone") from None
        finally:
            self._session.before_post.do(None)

    def download(self, url: str, most_bytes: int) -> tuple[FileState, str, bytes]:
        """Return whether a file is to be had, its content type and its content.

        Raises:
            Unreachable: the line broke, or the file is not given now.
            ValueError: the address is malformed.
        """
        if not self._is_metas(url):
            return FileState.gone, "", b""
        try:
            return self._session.download(url, most_bytes)
        except requests.RequestException as error:
            raise line_fault(error) from None

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def _path(self, id: str, edge: str) -> str:
        return f"{self._connection.version}/{id}{f'/{edge}' if edge else ''}"

    def _ask(self, path: str, wanted: dict[str, Any]) -> Resource:
        try:
            found = self._graph.request(path, wanted)
        except facebook.GraphAPIError as error:
            raise unreachable(_said(error), self._session.status, self.usage.rest) from None
        except requests.RequestException as error:
            raise line_fault(error) from None
        except (ValueError, KeyError):
            raise unreachable({}, self._session.status) from None
        if not isinstance(found, dict):
            raise Unreachable("protocol", "The Graph API's answer is not a JSON object: a proxy may stand in between")
        return found

    def _is_metas(self, url: str) -> bool:
        """Say whether an address is one of Meta's, or of the server that stands for it."""
        host = urlsplit(url).hostname or ""
        ours = urlsplit(self._connection.base_url)
        if (host, urlsplit(url).port) == (ours.hostname, ours.port):
            return True
        return urlsplit(url).scheme == "https" and host.endswith(FILE_HOSTS)


class _Session(requests.Session):
    """Points the SDK at the configured host, moves the token into a header, proves it, and keeps the usage."""

    def __init__(self, connection: FacebookConnection, token: str, app_secret: str) -> None:
        super().__init__()
        self._base = connection.base_url.rstrip("/") + "/"
        self._token = token
        self._app_secret = app_secret
        self._timeout = connection.timeout_seconds
        self.before_post = BeforePost(self)
        self.usage = Usage()
        self.status = 0

    def request(self, method: Any, url: Any, *args: Any, **named: Any) -> requests.Response:
        """Ask the configured host; a GET whose old line turns out to be broken is asked once more."""
        where = str(url).replace(facebook.FACEBOOK_GRAPH_URL, self._base, 1)
        given = dict(named.get("params") or {})
        token = given.pop("access_token", self._token)
        if self._app_secret:
            given["appsecret_proof"] = _proof(self._app_secret, token)
        headers = {**(named.pop("headers", None) or {}), "Authorization": f"Bearer {token}"}
        self.status = 0
        asked = {**named, "params": given, "headers": headers}
        try:
            response = super().request(method, where, *args, **asked)
        except requests.ConnectionError:
            if method != "GET":
                raise
            response = super().request(method, where, *args, **asked)
        self.status = response.status_code
        self.usage = read_usage(response.headers)
        return response

    def download(self, url: str, most_bytes: int) -> tuple[FileState, str, bytes]:
        """Read a file in parts, and no more of it than is allowed; its address is its own leave."""
        with super().request("GET", url, timeout=self._timeout, stream=True, allow_redirects=False) as response:
            if response.status_code in (404, 410):
                return FileState.gone, "", b""
            response.raise_for_status()
            if response.status_code != 200:
                raise Unreachable(
                    "protocol", "What answers for the file does not give it: a proxy may stand in between"
                )
            content = bytearray()
            for part in response.iter_content(65_536):
                content += part
                if len(content) > most_bytes:
                    return FileState.too_large, "", b""
            return FileState.stored, response.headers.get("Content-Type", "application/octet-stream"), bytes(content)


def items(answer: Resource) -> list[Resource]:
    """Return the objects of a page of an edge."""
    listed = answer.get("data")
    return [each for each in listed if isinstance(each, dict) and each.get("id")] if isinstance(listed, list) else []


def next_cursor(answer: Resource) -> str:
    """Return the cursor of the page that follows; empty: this is the last."""
    paging = answer.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return ""
    cursors = paging.get("cursors")
    return str(cursors.get("after") or "") if isinstance(cursors, dict) else ""


def _proof(app_secret: str, token: str) -> str:
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def _said(error: facebook.GraphAPIError) -> Resource:
    return error.result if isinstance(error.result, dict) else {}
