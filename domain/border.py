"""The border: which Received line our own border server wrote, and which headers stand above it (P5, P8)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

_HOST = r"\s+([A-Za-z0-9_.\-\[\]:]{1,255})"
_FROM = re.compile(r"^\s*from" + _HOST + r"(?:\s*\(([^()]{0,300}))?", re.IGNORECASE)
_BY = re.compile(r"(?:^|\s)by" + _HOST, re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]{0,500}\)")

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class BorderLine:
    """The line of the border server that took the mail from elsewhere."""

    #: Its place among the headers.
    index: int
    #: The server's name, in lower case.
    host: str
    #: What stands after the last semicolon: the time, as it was written.
    stamp: str


def border_line(headers: Headers, border_servers: Sequence[str]) -> BorderLine | None:
    """Return the topmost Received line that a border server wrote when it took the mail from elsewhere.

    Whatever stands below that line, strangers can write.

    Args:
        headers: decoded, names in lower case, topmost first.
        border_servers: their names as they stand after `by`; empty: no line is theirs.
    """
    ours = {server.lower().rstrip(".") for server in border_servers}
    for index, (name, value) in enumerate(headers) if ours else ():
        if name != "received":
            continue
        words, _, stamp = value.rpartition(";")
        by = _BY.search(_without_comments(words or stamp))
        if by and by[1].lower().rstrip(".") in ours and not _handed_on(value, ours):
            return BorderLine(index, by[1].lower(), stamp if words else "")
    return None


def above_strangers(headers: tuple[tuple[str, str], ...], border_servers: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the headers that our servers wrote: down to the Received line that follows the border's own.

    A border server may write its verdicts above or below its line. Where no line is a border server's, or none is
    configured, anybody can have written any header, and none is returned.
    """
    line = border_line(headers, border_servers)
    if line is None:
        return ()
    below = range(line.index + 1, len(headers))
    end = next((index for index in below if headers[index][0] == "received"), len(headers))
    return headers[:end]


def _handed_on(value: str, ours: set[str]) -> bool:
    """Say whether a border server handed the mail on, so that the line is not yet the border's first.

    The name after `from` is what the other side called itself. What the comment says of its address must not speak
    against it: else a stranger who says our name would make us believe the lines that he wrote.
    """
    found = _FROM.match(value)
    if not found or found[1].lower().rstrip(".") not in ours or "may be forged" in value.lower():
        return False
    if found[2] is None:
        return True
    words = found[2].lower().split()
    witness = words[0].strip("[].") if words else ""
    return witness in ours or witness == "localhost" or _is_inner(witness)


def _is_inner(address: str) -> bool:
    """Say whether it is an IP address of an inner network, which no stranger can have."""
    try:
        return not ip_address(address.removeprefix("ipv6:")).is_global
    except ValueError:
        return False


def _without_comments(value: str) -> str:
    """Return the value without comments, nested to three levels."""
    for _ in range(3):
        value = _COMMENT.sub(" ", value)
    return value
