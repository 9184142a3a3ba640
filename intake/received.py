"""Arrival: when a mail reached the municipality, by the earliest time that can be trusted (P5, domain.md 5.4 C1)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from domain.border import Headers, border_line
from domain.site import MailSettings

#: A border server's clock that is further off than this has lost its battery. Nearer is believed: a mailbox that was
#: moved has new INTERNALDATEs, and its border stamps are years older than those, and right.
FURTHEST_OFF = timedelta(days=3_650)
#: How far ahead a border server's clock may run without anybody noticing.
CLOCKS_DIFFER = timedelta(days=1)
#: Before this there was no mail in a municipality.
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)


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
    line = border_line(headers, mail.border_servers)
    return (instant(line.stamp), line.host) if line is not None else (None, "")


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
