"""Web pages, read politely: one at a time, only where robots.txt lets us, with limits of size and time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from time import monotonic, sleep
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import requests

from domain.errors import Unreachable
from domain.publishing import CrawlSettings

#: What we call ourselves in robots.txt.
NAME = "Svarsvakt"

#: A page that leads on is followed so often, and only on its own host.
MOST_REDIRECTS = 5
#: A robots.txt that asks for more patience than this is not waited for: the page is passed over.
MOST_DELAY = timedelta(minutes=1)
#: From here on the server itself is at fault.
SERVER_ERROR = 500
#: Larger than any robots.txt that is meant.
MOST_ROBOTS_BYTES = 500_000


@dataclass(frozen=True, slots=True)
class Content:
    """A page as it was read."""

    #: None: nothing has changed since the version that we have.
    html: str | None
    etag: str = ""
    modified: str = ""


class PageReader:
    """Reads pages one after the other; it remembers each host's robots.txt and when it was asked last."""

    def __init__(
        self, settings: CrawlSettings, contact: str, *, wait: Callable[[float], None] = sleep,
        clock: Callable[[], float] = monotonic,
    ) -> None:  # fmt: skip
        """Keep the limits, and whom the User-Agent names; `wait` and `clock` count seconds."""
        self._settings = settings
        self._wait = wait
        self._clock = clock
        self._session = requests.Session()
        reach = f" (+mailto:{contact})" if contact else ""
        self._session.headers["User-Agent"] = f"{NAME}/{version('svarsvakt')}{reach}"
        self._rules: dict[str, RobotFileParser] = {}
        self._asked: dict[str, float] = {}

    def read(self, url: str, *, etag: str = "", modified: str = "") -> Content:
        """Return a page.

        Args:
            url: where it stands.
            etag: what the server said of the version that we have.
            modified: likewise.

        Raises:
            Unreachable: the server does not answer as it should, or does not want us there; with a sentence.
        """
        rules = self._rules_of(url)
        if not rules.can_fetch(NAME, url):
            raise Unreachable("permission", f"robots.txt of {urlsplit(url).netloc} asks us not to read {url}")
        known = {"If-None-Match": etag, "If-Modified-Since": modified}
        response, body = self._get(url, {name: value for name, value in known.items() if value}, rules)
        if response.status_code == requests.codes.not_modified:
            return Content(None, etag, modified)
        if response.status_code in (requests.codes.not_found, requests.codes.gone):
            raise Unreachable("page", f"{url} answers {response.status_code}: it is gone, name the page in its place")
        if response.status_code != requests.codes.ok:
            raise Unreachable("protocol", f"{url} answers {response.status_code}: see whether the page has moved")
        kind = response.headers.get("Content-Type", "text/html").partition(";")[0].strip().lower()
        if kind not in ("text/html", "application/xhtml+xml", "text/plain"):
            raise Unreachable("protocol", f"{url} is {kind}, not a page: name the page that shows the addresses")
        return Content(
            _text(response, body), response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def _rules_of(self, url: str) -> RobotFileParser:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._rules:
            self._rules[host] = self._read_rules(host)
        return self._rules[host]

    def _read_rules(self, host: str) -> RobotFileParser:
        """Return the host's robots.txt. Without one everything is allowed; while it fails, nothing is (RFC 9309)."""
        url, rules = f"{host}/robots.txt", RobotFileParser()
        response, body = self._get(url, {}, None)
        if response.status_code >= SERVER_ERROR:
            raise Unreachable("protocol", f"{url} answers {response.status_code}: the host is left alone till then")
        is_there = response.status_code == requests.codes.ok
        rules.parse(body[:MOST_ROBOTS_BYTES].decode("utf-8", "replace").splitlines() if is_there else [])
        return rules

    def _get(self, url: str, headers: dict[str, str], rules: RobotFileParser | None) -> tuple[requests.Response, bytes]:
        """Ask for an address, and follow where it leads on the same host. Raises Unreachable."""
        ends_at = self._clock() + self._settings.timeout_seconds
        host = urlsplit(url).netloc
        for _ in range(MOST_REDIRECTS + 1):
            ends_at += self._wait_for_turn(host, rules)
            try:
                with self._session.get(
                    url, headers=headers, timeout=self._settings.timeout_seconds, stream=True, allow_redirects=False
                ) as response:
                    body = b"" if response.is_redirect else self._body(response, url, ends_at)
            except requests.RequestException as error:
                raise Unreachable(
                    "tcp", f"{url} cannot be read ({type(error).__name__}): see that it is there"
                ) from error
            if not response.is_redirect:
                return response, body
            url = urljoin(url, response.headers["Location"])
            if urlsplit(url).netloc != host:
                raise Unreachable("protocol", f"the page leads away to {url}: name that address if it is meant")
        raise Unreachable("protocol", f"{url} leads on and on: name the address that it ends at")

    def _wait_for_turn(self, host: str, rules: RobotFileParser | None) -> float:
        """Wait until the host may be asked again; return for how many seconds."""
        asked = rules.crawl_delay(NAME) if rules is not None else None
        delay = max(self._settings.delay.total_seconds(), float(asked or 0))
        if delay > MOST_DELAY.total_seconds():
            raise Unreachable(
                "permission", f"robots.txt of {host} asks for {delay:g} s between pages: it is left alone"
            )
        waited = max(0.0, self._asked.get(host, -delay) + delay - self._clock()) if host in self._asked else 0.0
        if waited:
            self._wait(waited)
        self._asked[host] = self._clock()
        return waited

    def _body(self, response: requests.Response, url: str, ends_at: float) -> bytes:
        body = bytearray()
        for part in response.iter_content(65_536):
            body += part
            if len(body) > self._settings.most_bytes:
                raise Unreachable(
                    "protocol", f"{url} is longer than {self._settings.most_bytes} bytes: raise most_bytes"
                )
            if self._clock() > ends_at:
                raise Unreachable("protocol", f"{url} took longer than {self._settings.timeout_seconds:g} s")
        return bytes(body)


def _text(response: requests.Response, body: bytes) -> str:
    """Return the page's text: by the header's charset, else UTF-8, else Windows' own letters."""
    named = requests.utils.get_encoding_from_headers(response.headers)
    declared = "charset" in response.headers.get("Content-Type", "").lower()
    for encoding in (named if declared else None, "utf-8"):
        try:
            if encoding:
                return body.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return body.decode("cp1252", "replace")
