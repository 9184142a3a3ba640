"""ImapWire: reads commands with their literals from a connection, and writes lines to it."""

import asyncio
import re

#: The longest line a client may send; a set of 2,000 UIDs fits.
LONGEST_LINE_BYTES = 1 << 20
#: The largest literal a client may send.
LARGEST_LITERAL_BYTES = 64 << 20

_LITERAL = re.compile(rb"\{(\d{1,9})(\+?)\}$")


class ImapWire:
    """One connection, seen as commands and lines."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Wrap an open connection."""
        self._reader = reader
        self._writer = writer

    async def read_line(self) -> bytes:
        """Return the next line without its end.

        Raises:
            ConnectionError: the client is gone, or the line is longer than allowed.
        """
        try:
            line = await self._reader.readuntil(b"\n")
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError("The client hung up") from error
        except asyncio.LimitOverrunError as error:
            # What follows cannot be told from the rest of the line, so the connection is of no more use.
            raise ConnectionAbortedError("The client sent a line that is too long") from error
        return line.rstrip(b"\r\n")

    async def read_command(self) -> tuple[str, list[bytes]]:
        """Return the tag of the next command, and the rest as text and literals by turns.

        Raises:
            ConnectionError: the client is gone, or sends what nobody should.
        """
        line = await self.read_line()
        tag, _, rest = line.partition(b" ")
        return tag.decode("ascii", "replace"), await self._with_literals(rest)

    async def _with_literals(self, text: bytes) -> list[bytes]:
        parts: list[bytes] = []
        while announced := _LITERAL.search(text):
            size = int(announced[1])
            if size > LARGEST_LITERAL_BYTES:
                raise ConnectionAbortedError("The client announced a literal that is too large")
            parts.append(text[: announced.start()])
            if not announced[2]:
                await self.send("+ Go ahead")
            parts.append(await self._read_exactly(size))
            text = await self.read_line()
        return [*parts, text]

    async def _read_exactly(self, size: int) -> bytes:
        try:
            return await self._reader.readexactly(size)
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError("The client hung up") from error

    async def send(self, *lines: str | bytes) -> None:
        """Write lines, each with CRLF, and wait until the client can take more.

        Raises:
            ConnectionError: the client is gone.
        """
        for line in lines:
            self._writer.write((line.encode("utf-8", "surrogateescape") if isinstance(line, str) else line) + b"\r\n")
        await self._writer.drain()
