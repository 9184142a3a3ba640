"""A mail server that hangs: it passes a conversation on to a real one, up to a point, and then never speaks again."""

import selectors
import socket
import threading
from contextlib import suppress


class HangingServer:
    """Listens on a free port; hangs for good from the first command that holds `at`."""

    def __init__(self, host: str, upstream_port: int, *, at: bytes) -> None:
        """Start to listen.

        Args:
            host: the loopback address to listen on.
            upstream_port: the real server's port on this machine.
            at: the words of a command; empty: never speak at all.
        """
        self._upstream_port = upstream_port
        self._at = at
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
                thread = threading.Thread(target=self._serve, args=(client,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, client: socket.socket) -> None:
        # Who hangs up on us is what this server is for.
        with client, suppress(OSError):
            if self._at:
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
                    if not said or (key.fileobj is client and self._at in said):
                        return
                    key.data.sendall(said)

    def _stay_silent(self, client: socket.socket) -> None:
        client.settimeout(0.2)
        while not self._stop.is_set():
            with suppress(TimeoutError):
                if not client.recv(65536):
                    return
