"""Headers: from a block of bytes to names and decoded values, whatever is wrong with them.

Source: RFC 5322 2.2, RFC 2047 with its common misuses, RFC 6532 (raw UTF-8).
"""

import binascii
import re
from dataclasses import dataclass, field

from intake.characters import one_line
from intake.charsets import decode

#: A name in lower case and the bytes after its colon, unfolded.
RawHeader = tuple[str, bytes]

#: More is a bomb: mail with a thousand recipients through ten servers has about 100 kB of headers.
MOST_HEADER_BYTES = 262_144
#: The longest honest chain of servers and filters leaves under 200.
MOST_HEADERS = 1_000
#: A To line with a thousand addresses still fits.
MOST_VALUE_BYTES = 32_768

_BLANK_LINE = re.compile(rb"\n\r?\n")
_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,100})[ \t]*:")
#: An encoded word; spaces and question marks inside are common misuse. The limit keeps the search linear.
ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?((?:[^?]|\?(?!=)){0,2000})\?=")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The headers at the top of a mail or a part."""

    fields: tuple[RawHeader, ...]
    #: Offset at which the body begins.
    body: int
    defects: tuple[str, ...] = ()
    #: True: there were more than we read, so what is absent here may be present there.
    cut: bool = False
    _first: dict[str, bytes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the fields: a mail has about thirty, and each is asked for by name."""
        object.__setattr__(self, "_first", dict(reversed(self.fields)))

    def raw(self, name: str) -> bytes | None:
        """Return the first value of that lower-case name, or None."""
        return self._first.get(name)

    def text(self, name: str) -> str:
        """Return the first value of that lower-case name with its encoded words as they stand; empty if none."""
        return plain_value(self.raw(name) or b"")


def read_block(original: bytes, start: int, end: int) -> HeaderBlock:
    """Return the headers from `start`, at most up to `end`. The lines must be even (`even_lines`)."""
    if original.startswith((b"\n", b"\r\n"), start, end):
        return HeaderBlock((), original.index(b"\n", start) + 1)
    window = min(end, start + MOST_HEADER_BYTES)
    blank = _BLANK_LINE.search(original, start, window)
    if blank:
        return _read_lines(original[start : blank.start()], start, blank.end())
    if window == end:
        return _read_lines(original[start:end], start, end)
    after = _BLANK_LINE.search(original, window, end)
    block = _read_lines(original[start:window], start, after.end() if after else end)
    return HeaderBlock(block.fields, block.body, (*block.defects, "the headers were cut: too many bytes"), cut=True)


def _read_lines(octets: bytes, start: int, body: int) -> HeaderBlock:
    lines = octets.split(b"\n")
    fields: list[tuple[str, list[bytes]]] = []
    defects: list[str] = []
    offset = start
    for number, line in enumerate(lines):
        name = _FIELD.match(line)
        if name and len(fields) == MOST_HEADERS:
            return _block(fields, body, [*defects, "the headers were cut: too many lines"], cut=True)
        if name:
            fields.append((name[1].decode("ascii").lower(), [line[name.end() :]]))
        elif line[:1] in (b" ", b"\t") and fields:
            fields[-1][1].append(line)
        elif not _is_envelope(line, number):
            defects = ["a line among the headers is not a header"]
            if number + 1 == len(lines) or not _FIELD.match(lines[number + 1]):
                return _block(fields, offset, defects)
        offset += len(line) + 1
    return _block(fields, body, defects)


def _is_envelope(line: bytes, number: int) -> bool:
    """Say whether it is the first line that mbox files put above a mail, or the rest of a last line end."""
    return (number == 0 and line.startswith((b"From ", b">From "))) or line in (b"", b"\r")


def _block(fields: list[tuple[str, list[bytes]]], body: int, defects: list[str], cut: bool = False) -> HeaderBlock:
    values = [(name, b"".join(line.rstrip(b"\r") for line in lines)) for name, lines in fields]
    if any(len(value) > MOST_VALUE_BYTES for _, value in values):
        defects = [*defects, "a header was cut: too long"]
        values = [(name, value[:MOST_VALUE_BYTES]) for name, value in values]
    return HeaderBlock(tuple(values), body, tuple(defects), cut)


def plain_value(raw: bytes) -> str:
    """Return a value as text, encoded words untouched: for fields whose commas and quotes have a meaning."""
    return decode(raw)[0].strip()


def decoded_value(raw: bytes) -> str:
    """Return a value decoded, on one line, fit to be stored and shown."""
    if b"=?" not in raw and raw.isascii():
        return one_line(raw.decode("ascii"))
    return one_line(decode_words(plain_value(raw)))


def decode_words(text: str) -> str:
    """Return the text with its RFC 2047 encoded words decoded; what cannot be decoded stays as it is.

    Neighbours in one charset are joined as bytes first, because many programs cut inside a character.

    >>> decode_words("=?utf-8?Q?H=C3?= =?utf-8?Q?=A5l_i?= v=?iso-8859-1?q?=E4gen??=")
    'Hål i vägen?'
    """
    if "=?" not in text:
        return text
    decoded: list[str] = []
    octets, charset, position = b"", "", 0
    for word in ENCODED_WORD.finditer(text):
        between = text[position : word.start()]
        name = word[1].partition("*")[0].lower()
        if not octets or between.strip() or name != charset:
            decoded.append(decode(octets, charset)[0])
            octets, charset = b"", name
            if between.strip() or position == 0:
                decoded.append(between)
        octets += _word_octets(word[2], word[3])
        position = word.end()
    return "".join((*decoded, decode(octets, charset)[0], text[position:]))


def _word_octets(encoding: str, payload: str) -> bytes:
    octets = payload.encode("utf-8", errors="replace")
    if encoding in "qQ":
        return binascii.a2b_qp(octets, header=True)
    return base64_octets(octets)


def base64_octets(octets: bytes) -> bytes:
    """Return what base64 stands for, passing over what does not belong and what is missing at the end."""
    return b"".join(_unpadded_octets(piece) for piece in octets.split(b"="))


def _unpadded_octets(octets: bytes) -> bytes:
    digits = _NOT_BASE64.sub(b"", octets)
    whole = len(digits) - (1 if len(digits) % 4 == 1 else 0)
    return binascii.a2b_base64(digits[:whole] + b"=" * (-whole % 4))
