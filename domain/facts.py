"""Facts: everything that is known of one account when the watch looks at it; what findings are made of.

A finding is a pure function of (facts, thresholds, now): None, or a sentence of evidence in Swedish without citizen
content (`watch/findings.py`). Who learns something new about accounts adds a field here, with a default that says
nothing is known.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.account import Account
from domain.finding import Heartbeat
from domain.hours import CalendarSettings, Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What the public contact pages say of an address, as they were read last."""

    read_at: datetime
    #: The pages that show it; none: it stands nowhere.
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one account; instants in aware UTC."""

    account: Account
    #: When people work with it.
    schedule: Schedule
    calendar: CalendarSettings
    #: The domains that its address may lie in.
    domains: tuple[str, ...] = ()
    #: None: it was never visited.
    heartbeat: Heartbeat | None = None
    #: None: the public pages were never read.
    publication: Publication | None = None
