"""TLS in front of a mail server, with any certificate."""

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path


class TlsFront:
    """Listens on a free port, shakes hands under a certificate, and lets go: no client of ours should come further."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Start to listen."""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.2)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listening.getsockname()[1]
        return port

    def stop(self) -> None:
        """Let go of the port."""
        self._stop.set()
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            # A client that does not trust us breaks the handshake off.
            with suppress(OSError):
                client, _ = self._listening.accept()
                with client:
                    client.settimeout(5)
                    self._context.wrap_socket(client, server_side=True).close()
