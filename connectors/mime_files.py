"""Files in an e-mail: a message with attachments (RFC 2046 section 5.1.3, RFC 2183, RFC 2231)."""

import base64
import hashlib
import re
from collections.abc import Sequence
from urllib.parse import quote

from domain.outgoing import AttachedFile

#: What a type and subtype are made of (RFC 2045 section 5.1).
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")

#: Said of a file whose type is no type, or that would be read as part of the letter.
UNKNOWN_TYPE = "application/octet-stream"


def with_files(content: bytes, files: Sequence[AttachedFile]) -> bytes:
    """Return the content with the files after it; the content itself when there are none.

    Args:
        content: a whole part: its own headers, an empty line and the body, with CRLF line ends.
        files: in order.
    """
    if not files:
        return content
    parts = (content, *map(_part, files))
    # No part holds its own hash, and neither quoted-printable nor base64 ever holds "=_" (RFC 2045 section 6.7).
    boundary = f"=_f{hashlib.sha256(b''.join(parts)).hexdigest()[:24]}"
    opening, closing = f"--{boundary}\r\n".encode("ascii"), f"--{boundary}--\r\n".encode("ascii")
    header = f'Content-Type: multipart/mixed;\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")
    return header + b"".join(opening + part + b"\r\n" for part in parts) + closing


def _part(file: AttachedFile) -> bytes:
    media_type = file.media_type.lower()
    if not _MEDIA_TYPE.fullmatch(media_type) or media_type.startswith(("multipart/", "message/")):
        media_type = UNKNOWN_TYPE
    headers = (
        f"Content-Type: {media_type}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n{_name(file.name)}\r\n\r\n"
    )
    return headers.encode("ascii") + base64.encodebytes(file.content).replace(b"\n", b"\r\n").removesuffix(b"\r\n")


def _name(name: str) -> str:
    """Return the name in pieces that each fit on a line (RFC 2231 sections 3 and 4)."""
    said = "utf-8''" + quote(name.encode("utf-8", "replace"), safe="")
    # A piece never ends within an escape.
    pieces = re.findall(r"(?:%[0-9A-F]{2}|[^%]){1,20}", said)
    if len(pieces) == 1:
        return f" filename*={said}"
    return ";\r\n".join(f" filename*{number}*={piece}" for number, piece in enumerate(pieces))
