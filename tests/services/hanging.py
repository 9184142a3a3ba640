"""A mail server that hangs: it passes a conversation on to a real one, up to a point, and then speaks no more."""

import selectors
import socket
import threading
from contextlib import suppress


class HangingServer:
    """Listens on a free port; a line hangs from its first command that holds `at`, and all of them when it is told."""

    def __init__(self, host: str, upstream_port: int, *, at: bytes | None) -> None:
        """Start to listen.

        Args:
            host: the loopback address to listen on.
            upstream_port: the real server's port on this machine.
            at: the words of a command; empty: never speak at all; None: only when it is told to hang.
        """
        self._upstream_port = upstream_port
        self._at = at
        self._hangs = threading.Event()
        #: How many lines it has taken.
        self.taken = 0
        self._stop = threading.Event()
        self._listening = socket.create_server((host, 0), backlog=200)
        self._listening.settimeout(0.2)
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listening.getsockname()[1]
        return port

    def hang(self, at: bytes | None = None) -> None:
        """Hang from now on: new lines at these words, or without any all lines at once."""
        self._at = at
        if at is None:
            self._hangs.set()

    def recover(self) -> None:
        """Serve new lines as the real server does; those that hang go on hanging."""
        self._at = None
        self._hangs.clear()

    def stop(self) -> None:
        """Let go of every line, and of the port."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._listening.close()

    def _accept(self) -> None:
        while not self._stop.is_set():
            with suppress(TimeoutError):
                client, _ = self._listening.accept()
                self.taken += 1
                thread = threading.Thread(target=self._serve, args=(client,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, client: socket.socket) -> None:
        # Who hangs up on us is what this server is for.
        with client, suppress(OSError):
            if self._at != b"" and not self._hangs.is_set():
                with socket.create_connection(("127.0.0.1", self._upstream_port)) as server:
                    self._pass_on(client, server)
            self._stay_silent(client)

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            while not self._stop.is_set():
                for key, _ in selector.select(0.2):
                    said = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    hangs = key.fileobj is client and self._at is not None and self._at in said
                    if not said or hangs or self._hangs.is_set():
                        return
                    key.data.sendall(said)

    def _stay_silent(self, client: socket.socket) -> None:
        client.settimeout(0.2)
        while not self._stop.is_set():
            with suppress(TimeoutError):
                if not client.recv(65536):
                    return
