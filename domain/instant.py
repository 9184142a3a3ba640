"""Instants: aware datetimes in UTC, and nothing else."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

#: Where local time is shown and opening hours are read.
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def as_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC.

    Raises:
        ValueError: the datetime carries no offset, so no instant is known.
    """
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError(f"{instant.isoformat()} carries no offset: say which instant it is")
    return instant.astimezone(UTC)
