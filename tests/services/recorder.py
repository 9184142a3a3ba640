"""A proxy in the clear that keeps every byte between a client and a server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Recorder:
    """Listens on a port of its own and passes everything on to a server."""

    def __init__(self, host: str, port: int) -> None:
        """Listen; `port` of the recorder is where clients connect."""
        self._server = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._lock = threading.Lock()
        self._asked = bytearray()
        self._answered = bytearray()
        self._lines: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    @property
    def asked(self) -> bytes:
        """Return everything that clients have said."""
        with self._lock:
            return bytes(self._asked)

    @property
    def answered(self) -> bytes:
        """Return everything that the server has said."""
        with self._lock:
            return bytes(self._answered)

    def forget(self) -> None:
        """Forget what was said so far."""
        with self._lock:
            self._asked.clear()
            self._answered.clear()

    def start(self) -> None:
        """Take connections until stopped."""
        self._begin(self._take)

    def stop(self) -> None:
        """Close every line."""
        with suppress(OSError):
            # A thread that waits in accept wakes up.
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        for thread in self._threads:
            thread.join()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(self._server)
                self._lines += [client, server]
                self._begin(lambda client=client, server=server: self._pass(client, server, self._asked))
                self._begin(lambda client=client, server=server: self._pass(server, client, self._answered))

    def _pass(self, source: socket.socket, target: socket.socket, kept: bytearray) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                with self._lock:
                    kept += data
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def _begin(self, work: object) -> None:
        thread = threading.Thread(target=work, daemon=True)  # type: ignore[arg-type]
        thread.start()
        self._threads.append(thread)


@contextmanager
def recording(host: str, port: int) -> Iterator[Recorder]:
    """Record what is said to a server during the block."""
    recorder = Recorder(host, port)
    recorder.start()
    try:
        yield recorder
    finally:
        recorder.stop()
