"""The moment before a web service takes a message (P8): the line is open, no byte of the request has left."""

from collections.abc import Callable
from typing import Any

from requests import Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection


class BeforePost:
    """Calls what it was told to before each POST of a session; until told, nothing."""

    def __init__(self, session: Session) -> None:
        """Stand at the session's lines, with a proxy or without."""
        self._work: Callable[[], None] | None = None
        #: Whether a POST may have left since the last `do`, whatever became of it.
        self.may_have_left = False
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter(self._on_request))

    def do(self, work: Callable[[], None] | None) -> None:
        """Call this before the next POSTs; None: nothing."""
        self._work = work
        self.may_have_left = False

    def _on_request(self, method: str) -> None:
        if method != "POST":
            return
        if self._work is not None:
            self._work()
        self.may_have_left = True


class _Adapter(HTTPAdapter):
    """The ordinary one, whose connections call back."""

    def __init__(self, on_request: Callable[[str], None]) -> None:
        self._pools = _pools(on_request)
        super().__init__()

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        super().init_poolmanager(*args, **named)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **named: Any) -> PoolManager:
        manager: PoolManager = super().proxy_manager_for(*args, **named)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(on_request: Callable[[str], None]) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def request(self, method: str, *args: Any, **named: Any) -> None:
            _open_first(self, method, on_request)
            super().request(method, *args, **named)

    class Protected(HTTPSConnection):
        def request(self, method: str, *args: Any, **named: Any) -> None:
            _open_first(self, method, on_request)
            super().request(method, *args, **named)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class ProtectedPool(HTTPSConnectionPool):
        ConnectionCls = Protected

    return {"http": PlainPool, "https": ProtectedPool}


def _open_first(connection: HTTPConnection, method: str, on_request: Callable[[str], None]) -> None:
    """Open the line, so that what cannot be reached is known before anything is in doubt."""
    if connection.sock is None:
        connection.connect()
    on_request(method)
