"""Reports: which of our mails a delivery report or a read receipt is about. Source: RFC 3464, 6522, 8098."""

import re

from intake.addresses import message_ids
from intake.headers import read_block
from intake.structure import Part, even_lines, read_structure
from intake.transfer import transfer_decoded

#: Headers and status of a report; the returned body below them is not needed.
MOST_REPORT_BYTES = 262_144
_DELIVERY = frozenset({"message/delivery-status", "message/global-delivery-status"})
_STATUS = _DELIVERY | {"message/disposition-notification"}
_RETURNED = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
_FAILED = re.compile(r"^action\s*:\s*failed\b", re.IGNORECASE | re.MULTILINE)
_STATUS_CODE = re.compile(r"^status\s*:\s*([245]\.\d{1,3}\.\d{1,3})\b", re.IGNORECASE | re.MULTILINE)
_ORIGINAL_ID = re.compile(r"^(?:x-)?original-message-id\s*:\s*(.{1,1000})$", re.IGNORECASE | re.MULTILINE)


def reported_message_ids(original: bytes) -> frozenset[str]:
    """Return the Message-IDs that a delivery report or receipt names, with angle brackets; empty for other mail.

    Never raises: what cannot be read names nothing, and the mail is then treated as one that matches nothing of ours.
    """
    try:
        return _reported(even_lines(original))
    except Exception:  # the guard of `parse` for the same hostile bytes
        return frozenset()


def _reported(original: bytes) -> frozenset[str]:
    structure = read_structure(original)
    named: set[str] = set()
    for part in structure.parts:
        if part.media_type in _STATUS:
            status = _text(original, part)
            named.update(id for line in _ORIGINAL_ID.findall(status) for id in message_ids(line))
        elif part.media_type in _RETURNED and _is_report(structure.parts):
            octets = _octets(original, part)
            named.update(message_ids(read_block(octets, 0, len(octets)).text("message-id")))
    return frozenset(named)


def failure_status(original: bytes) -> str | None:
    """Return the status of the first delivery that failed for good, such as 5.1.1; None: none is reported.

    Never raises. Source: RFC 3464 section 2.3, RFC 3463.
    """
    try:
        return _failure_status(even_lines(original))
    except Exception:  # the guard of `parse` for the same hostile bytes
        return None


def _failure_status(original: bytes) -> str | None:
    for part in read_structure(original).parts:
        if part.media_type in _DELIVERY:
            for block in re.split(r"\n\s*\n", _text(original, part)):
                status = _STATUS_CODE.search(block)
                if status and _FAILED.search(block):
                    return status[1]
    return None


def _is_report(parts: list[Part]) -> bool:
    """Say whether it reports: a citizen who attaches one of our mails does not."""
    return any(part.media_type in _STATUS or part.media_type == "multipart/report" for part in parts)


def _octets(original: bytes, part: Part) -> bytes:
    window = original[part.start : min(part.end, part.start + MOST_REPORT_BYTES)]
    return even_lines(transfer_decoded(window, part.encoding)[0])


def _text(original: bytes, part: Part) -> str:
    return _octets(original, part).replace(b"\r\n", b"\n").decode("utf-8", errors="replace")
