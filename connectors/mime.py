"""The exact bytes of an outgoing e-mail: the same Rendered and date always give the same message (P8)."""

import hashlib
import quopri
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from io import BytesIO

from connectors.mime_files import with_files
from domain.outgoing import Rendered

#: A line longer than this is not allowed on the wire. Source: RFC 5322 section 2.1.1.
LONGEST_LINE = 998

#: Where a header is folded, if it can be. Source: RFC 5322 section 2.1.1.
FOLD_AT = 78


def mime(rendered: Rendered, date: datetime) -> bytes:
    r"""Return the message as it goes on the wire, with CRLF line ends: its text, and its HTML as an alternative.

    `date` stands in the Date header, unless the rendered headers bring their own.

    Raises:
        ValueError: a header or address holds a line break or another control character, or cannot be written.
    """
    headers = [
        ("From", _address_header(rendered.sender)),
        ("To", wire_address(rendered.recipient)),
        ("Subject", _words("Subject", rendered.subject)),
        ("Message-ID", _plain(rendered.message_id)),
    ]
    if not any(name.lower() == "date" for name, _ in rendered.headers):
        headers.append(("Date", format_datetime(date)))
    headers += [(_name(name), _words(name, value)) for name, value in rendered.headers]
    headers.append(("MIME-Version", "1.0"))
    return b"".join(_fold(name, value) for name, value in headers) + with_files(
        _content(rendered), rendered.attachments
    )


def wire_address(address: str) -> str:
    """Return an address as it goes on the wire: the domain in its ASCII form (RFC 5891).

    The part before the @ stays: one that is not ASCII needs a server that knows SMTPUTF8 (RFC 6531).

    >>> wire_address("anna@öster.example")
    'anna@xn--ster-4qa.example'

    Raises:
        ValueError: the address holds what no address may.
    """
    local, at, domain = _plain(address).rpartition("@")
    if any(character in address for character in " <>"):
        raise ValueError("The address holds what no address may")
    return f"{local}{at}{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"


def _address_header(sender: str) -> str:
    """Write `Name <address>`; a name that is not ASCII as encoded words, else quoted."""
    name, bracket, rest = sender.rpartition("<")
    address = wire_address(rest.removesuffix(">").strip())
    name = name.strip().strip('"')
    if not bracket or not name:
        return address
    if not name.isascii():
        return f"{_words('From', name)} <{address}>"
    escaped = _plain(name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{address}>'


def _words(name: str, value: str) -> str:
    """Write free text: as it is when ASCII, else as encoded words, already folded."""
    if _plain(value).isascii():
        return value
    return Header(value, "utf-8", header_name=name, maxlinelen=FOLD_AT - 2).encode(linesep="\r\n")


def _name(name: str) -> str:
    if not name or not all(33 <= ord(character) <= 126 and character != ":" for character in name):
        raise ValueError("A header has a name that cannot be written")
    return name


def _plain(text: str) -> str:
    if any(character < " " or character == "\x7f" for character in text):
        raise ValueError("A header holds a line break or another control character")
    return text


def _fold(name: str, value: str) -> bytes:
    """Write one header; spaces become folds where the line would be too long, words are never cut."""
    if "\r\n" in value:
        return f"{name}: {value}\r\n".encode("ascii")
    lines, line = [], f"{name}:"
    for word in value.split(" "):
        if len(line) + 1 + len(word) > FOLD_AT and line.strip() and not line.endswith(":"):
            lines.append(line)
            line = ""
        line += f" {word}"
    lines.append(line)
    if max(map(len, lines)) > LONGEST_LINE:
        raise ValueError("A header holds a word too long for the wire")
    # ASCII, unless an address needs SMTPUTF8.
    return "\r\n".join(lines).encode() + b"\r\n"


def _content(rendered: Rendered) -> bytes:
    """Return the content's own headers, the empty line and the content."""
    text = _leaf("plain", rendered.text)
    return _alternative(text, _leaf("html", rendered.html)) if rendered.html else text


def _leaf(subtype: str, text: str) -> bytes:
    body, encoding = _body(text)
    headers = (("Content-Type", f"text/{subtype}; charset=utf-8"), ("Content-Transfer-Encoding", encoding))
    return b"".join(_fold(name, value) for name, value in headers) + b"\r\n" + body


def _alternative(*parts: bytes) -> bytes:
    """Return the same words in several forms, the plainest first (RFC 2046 section 5.1.4)."""
    # No text holds its own hash, and quoted-printable never holds "=_" (RFC 2045 section 6.7).
    boundary = f"=_{hashlib.sha256(b''.join(parts)).hexdigest()[:24]}"
    opening = f"--{boundary}\r\n".encode("ascii")
    closing = f"--{boundary}--\r\n".encode("ascii")
    header = _fold("Content-Type", f'multipart/alternative; boundary="{boundary}"')
    return header + b"\r\n" + b"".join(opening + part + b"\r\n" for part in parts) + closing


def _body(text: str) -> tuple[bytes, str]:
    """Return the text with CRLF line ends and how it is encoded: quoted-printable passes every relay unchanged."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    content = ("\n".join(lines) + "\n").encode("utf-8")
    if content.isascii() and max(map(len, lines)) <= FOLD_AT and b"\x00" not in content:
        return content.replace(b"\n", b"\r\n"), "7bit"
    encoded = BytesIO()
    quopri.encode(BytesIO(content), encoded, quotetabs=False)
    return encoded.getvalue().replace(b"\n", b"\r\n"), "quoted-printable"
