"""Transfer encodings: what a part's bytes stand for. Source: RFC 2045 6."""

import binascii

from intake.headers import base64_octets
from intake.structure import Part

_IDENTITY = ("", "7bit", "8bit", "binary")


def transfer_decoded(octets: bytes, encoding: str) -> tuple[bytes, str]:
    """Return the bytes without their transfer encoding, and a defect in words (empty when all was well)."""
    if encoding == "base64":
        return base64_octets(octets), ""
    if encoding == "quoted-printable":
        return binascii.a2b_qp(octets), ""
    return octets, "" if encoding in _IDENTITY else "the transfer encoding is not known"


def decoded_size(original: bytes, part: Part) -> int:
    """Return the size that decoding would give, in bytes, by counting: exact for well-formed content."""
    length = part.end - part.start
    line_ends = original.count(b"\n", part.start, part.end)
    if part.encoding == "base64":
        returns = original.count(b"\r", part.start, part.end)
        padding = original.count(b"=", part.start, part.end)
        return max(0, (length - line_ends - returns) * 3 // 4 - padding)
    if part.encoding == "quoted-printable":
        escapes = original.count(b"=", part.start, part.end)
        return max(0, length - 2 * escapes - original.count(b"=\r\n", part.start, part.end))
    return length
