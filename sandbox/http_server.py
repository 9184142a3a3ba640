"""HttpServer: runs an ASGI application on loopback in a thread of its own, for the providers' stand-ins."""

import socket
from threading import Thread
from time import monotonic, sleep

import uvicorn
from starlette.types import ASGIApp

from sandbox.loopback import LOOPBACK, listen

#: Far longer than it takes.
_STARTS_WITHIN_SECONDS = 10.0


class HttpServer:
    """A local web server: start it, ask it for its address, stop it."""

    def __init__(self, app: ASGIApp, *, port: int = 0) -> None:
        """Prepare a server that is not yet listening; port 0 takes a free one."""
        self._app = app
        self._wanted_port = port
        self._listener: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """Return where it answers, without a slash at the end. Raises RuntimeError before `start`."""
        if self._listener is None:
            raise RuntimeError("The web server is not started")
        return f"http://{LOOPBACK}:{self._listener.getsockname()[1]}"

    @property
    def is_running(self) -> bool:
        """Return whether it listens."""
        return self._server is not None

    def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        self._listener = listen(self._wanted_port)
        # One that was stopped comes back where it was.
        self._wanted_port = self._listener.getsockname()[1]
        settings = uvicorn.Config(self._app, log_config=None, access_log=False, lifespan="off", ws="none")
        self._server = uvicorn.Server(settings)
        self._thread = Thread(
            target=self._server.run, kwargs={"sockets": [self._listener]}, name="sandbox web server", daemon=True
        )
        self._thread.start()
        self._wait()

    def stop(self) -> None:
        """Stop listening and end the thread; stopping twice is once."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        # Who holds a line open is not waited for.
        self._server.force_exit = True
        self._thread.join()
        self._listener = self._server = self._thread = None

    def _wait(self) -> None:
        end = monotonic() + _STARTS_WITHIN_SECONDS
        while self._server is not None and not self._server.started:
            if monotonic() > end:
                raise RuntimeError("The web server did not start")
            sleep(0.01)
