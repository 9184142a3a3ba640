"""Outage text: what is said of accounts that are not read for one cause, and of the end of it."""

from datetime import datetime

from domain.finding import FindingKind
from watch.cause import OURS, Cause, say_accounts, say_host


def outage_template(cause: Cause) -> str:
    """Return the text that tells of an outage."""
    if cause.kind is FindingKind.expiring:
        return "certificate"
    if cause.kind is FindingKind.alert_bounced:
        return "alerts_bounced"
    return "reading_stopped" if cause.is_ours else "host_down"


def outage_slots(cause: Cause, now: datetime) -> dict[str, str]:
    """Return what it is filled with, alone and in a digest."""
    host = say_host(cause.host)
    return {
        "host": host,
        "address": host,
        "count": say_accounts(len(cause.accounts)),
        "evidence": cause.evidence,
        "closed_at": now.isoformat(),
    }


def end_template(host: str) -> str:
    """Return the text that tells that an outage is over."""
    return "reading_resumed" if host == OURS else "host_up"


def end_slots(host: str, closed_at: datetime, *, over: int, left: int) -> dict[str, str]:
    """Return what it is filled with: so many accounts can be read again since then, and so many still cannot."""
    return {
        "host": say_host(host),
        "count": say_accounts(over),
        "left": say_accounts(left) if left else "",
        "closed_at": closed_at.isoformat(),
    }
