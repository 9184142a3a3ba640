"""The way to a page, tried step by step."""

from dataclasses import replace
from urllib.parse import urlsplit

from connectors.graph_client import GraphClient, Resource
from connectors.graph_token import TokenFacts, read_token
from connectors.reach import connect_tcp, resolve, walk
from domain.account import FacebookConnection
from domain.errors import Unreachable
from domain.finding import Health

#: What reading needs, edge by edge, as it is said to whoever asks.
_EDGES = (("conversations", "Messenger"), ("feed", "posts and comments"), ("tagged", "mentions"))


class FacebookProbe:
    """Tries every step of the way to a page: name, tcp, token, page, permission."""

    def __init__(self, connection: FacebookConnection, page: str, client: GraphClient) -> None:
        """Remember the way; nothing is opened yet."""
        self._connection = connection
        self._page = page
        self._client = client
        self._token = TokenFacts()

    def probe(self) -> Health:
        """Try the steps in order, up to the first that fails; nothing at the page changes."""
        where = urlsplit(self._connection.base_url)
        host, port = where.hostname or "", where.port or (443 if where.scheme == "https" else 80)
        steps = (
            ("name", lambda: resolve(host, port)),
            ("tcp", lambda: connect_tcp(host, port, self._connection.timeout_seconds)),
            ("token", self._ask_about_token),
            ("page", self._find_page),
            ("permission", self._read),
        )
        try:
            return replace(walk(steps), ends=self._token.ends or ())
        finally:
            self._client.close()

    def _ask_about_token(self) -> str:
        self._token = read_token(self._client, self._page)
        if self._token.fault is not None:
            raise self._token.fault
        if self._token.ends is None:
            return "Meta takes the token, and does not tell when it ends"
        soonest = min((at for _, at in self._token.ends), default=None)
        return f"Meta takes the token, until {soonest:%Y-%m-%d}" if soonest else "Meta takes the token, without an end"

    def _find_page(self) -> str:
        page: Resource = self._client.get(self._page, fields="id,name")
        if str(page.get("id")) != self._page:
            raise Unreachable("page", "The token belongs to another page: check the account's address")
        return f"The page is {page.get('name', self._page)}"

    def _read(self) -> str:
        for edge, _ in _EDGES:
            self._client.get(self._page, edge, fields="id", limit=1)
        return f"Read: {', '.join(name for _, name in _EDGES)}"
