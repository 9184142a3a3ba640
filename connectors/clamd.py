"""ClamAV: a file is streamed to clamd (INSTREAM), which says whether it knows it as harmful.

Source: clamd(8), "INSTREAM": chunks of a four-byte length in network order, then a zero length.
"""

import socket
import struct
from contextlib import closing

from domain.errors import BadInput
from domain.scan import Scanned

#: Bytes of one chunk.
CHUNK_BYTES = 64 * 1024

#: No answer of clamd is longer.
LONGEST_ANSWER_BYTES = 4096

DEFAULT_PORT = 3310


class Clamd:
    """A scanner that is asked over TCP or a local socket; each file has a connection of its own."""

    def __init__(self, address: str, *, timeout_seconds: float = 30) -> None:
        """Keep where it listens: `host:port`, or the path of a local socket.

        Raises:
            BadInput: the address names neither.
        """
        host, colon, port = address.rpartition(":")
        if not address.startswith("/") and colon and not port.isdecimal():
            raise BadInput("SVARSVAKT_CLAMD is no address: write HOST:3310, or the path of clamd's socket")
        self._path = address if address.startswith("/") else ""
        self._host, self._port = (host, int(port)) if colon and not self._path else (address, DEFAULT_PORT)
        self._timeout_seconds = timeout_seconds

    def scan(self, content: bytes) -> Scanned:
        """Return what the scanner says; whatever goes wrong on the way leaves the file unchecked."""
        try:
            with closing(self._connected()) as line:
                line.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), CHUNK_BYTES):
                    chunk = content[start : start + CHUNK_BYTES]
                    line.sendall(struct.pack("!L", len(chunk)) + chunk)
                line.sendall(struct.pack("!L", 0))
                return _said(_answer(line))
        except OSError:
            return Scanned.unchecked

    def signatures(self) -> str:
        """Return the version of the program and its signatures, such as `ClamAV 1.0.7/27123/Tue Nov 24 09:12:01 2026`.

        Source: clamd(8), "VERSION".
        """
        try:
            with closing(self._connected()) as line:
                line.sendall(b"zVERSION\0")
                return _answer(line).decode("ascii", "replace")
        except OSError:
            return ""

    def _connected(self) -> socket.socket:
        if not self._path:
            return socket.create_connection((self._host, self._port), timeout=self._timeout_seconds)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(self._timeout_seconds)
        line.connect(self._path)
        return line


def _answer(line: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER_BYTES:
        piece = line.recv(LONGEST_ANSWER_BYTES)
        if not piece:
            break
        answer += piece
    return answer.strip(b"\0\r\n ")


def _said(answer: bytes) -> Scanned:
    if answer == b"stream: OK":
        return Scanned.clean
    return Scanned.infected if answer.endswith(b" FOUND") else Scanned.unchecked
