"""The server of the pages: uvicorn that lets streams end before it stops."""

import gc
import socket

import uvicorn
from starlette.applications import Starlette

#: What is still being answered gets this long.
GRACE_SECONDS = 3

#: What could be thrown away is looked for after so many new objects: a page of fifty tickets makes some thousands.
GARBAGE_AT = 10_000


def keep_what_is_loaded() -> None:
    """Never again look through what is loaded for what could be thrown away: whoever asks for a page waits for that."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AT)


class PageServer(uvicorn.Server):
    """Serves the application until told to stop, and then stops without cutting a stream off."""

    def __init__(self, app: Starlette, host: str = "127.0.0.1", port: int = 0, *, proxies: str = "") -> None:
        """Prepare to serve; `run(sockets=[…])` takes a socket that listens already.

        `proxies` are those of `WebEnvironment`.
        """
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
                forwarded_allow_ips=proxies or None,
            )
        )
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell the streams to end, then stop."""
        self._app.state.surroundings.closing.set()
        await super().shutdown(sockets)
