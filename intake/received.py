"""Arrival: when a mail reached the municipality, by the earliest time that can be trusted (P5, domain.md 5.4 C1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address

from domain.site import MailSettings

#: A border server's clock that is further off than this has lost its battery. Nearer is believed: a mailbox that was
#: moved has new INTERNALDATEs, and its border stamps are years older than those, and right.
FURTHEST_OFF = timedelta(days=3_650)
#: How far ahead a border server's clock may run without anybody noticing.
CLOCKS_DIFFER = timedelta(days=1)
#: Before this there was no mail in a municipality.
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)

_HOST = r"\s+([A-Za-z0-9_.\-\[\]:]{1,255})"
_FROM = re.compile(r"^from" + _HOST + r"(?:\s*\(([^()]{0,300}))?", re.IGNORECASE)
_BY = re.compile(r"(?:^|\s)by" + _HOST, re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]{0,500}\)")

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Received:
    """When a mail reached the municipality."""

    at: datetime
    #: Whose time it is, in words.
    why: str
    #: How much later the provider says it arrived than the border server stamped it; None: there is no such stamp.
    difference: timedelta | None = None


def received_at(headers: Headers, mail: MailSettings, provider_at: datetime) -> Received:
    """Return when the mail reached the municipality, and why that time.

    It is the stamp of our own border server. Of two trusted times that are near each other the earlier counts, because
    a clock may run ahead; where the provider's is far earlier, somebody stored the mail with a time of his own
    (APPEND), and the stamp holds (domain.md 8.1 check 6). A stamp that is absurdly far off is not believed.

    Args:
        headers: decoded, names in lower case, topmost first.
        mail: names the border servers.
        provider_at: INTERNALDATE; aware UTC.
    """
    stamp, host = border_stamp(headers, mail)
    if stamp is None:
        return Received(provider_at, "provider's time: no Received line of a border server")
    difference = provider_at - stamp
    if abs(difference) > FURTHEST_OFF:
        way = "early" if difference > timedelta(0) else "late"
        return Received(provider_at, f"provider's time: the stamp of {host} is absurdly {way}", difference)
    if -CLOCKS_DIFFER <= difference < timedelta(0):
        return Received(provider_at, f"provider's time: the stamp of {host} is later", difference)
    return Received(stamp, f"stamped by {host}", difference)


def header_time(headers: Headers, mail: MailSettings) -> tuple[datetime, str] | None:
    """Return when a mail without a provider seems to have arrived, and why: border stamp, top Received line, Date."""
    stamp, host = border_stamp(headers, mail)
    if stamp is not None:
        return stamp, f"stamped by {host}"
    for name in ("received", "date"):
        value = next((text for key, text in headers if key == name), "")
        at = instant(value.rpartition(";")[2])
        if at is not None:
            return at, f"the topmost {name.capitalize()} header"
    return None


def border_stamp(headers: Headers, mail: MailSettings) -> tuple[datetime | None, str]:
    """Return the time and name of the topmost border server that took the mail from elsewhere.

    What stands below that line can be forged, so nothing below it is read, even when its time makes no sense.
    """
    ours = {server.lower().rstrip(".") for server in mail.border_servers}
    for name, value in headers if ours else ():
        if name != "received":
            continue
        by = _BY.search(_without_comments(value.rpartition(";")[0]))
        if by and by[1].lower().rstrip(".") in ours and not _is_from(value, ours):
            return instant(value.rpartition(";")[2]), by[1].lower()
    return None, ""


def _is_from(value: str, ours: set[str]) -> bool:
    """Say whether a border server handed the mail on.

    The name after `from` is what the other side called itself. What the comment says of its address must not speak
    against it: else a stranger who says our name would make us read the lines that he wrote.
    """
    found = _FROM.match(value)
    if not found or found[1].lower().rstrip(".") not in ours:
        return False
    words = (found[2] or "").lower().split()
    witness = words[0].strip("[].") if words else "localhost"
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


def instant(value: str) -> datetime | None:
    """Return the time of a Date or Received header in UTC, or None when it makes no sense.

    A time that says it does not know its offset (-0000) is in UTC. Source: RFC 5322 3.3.
    """
    try:
        at = parsedate_to_datetime(value.strip()[:200])
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at >= _FIRST else None
