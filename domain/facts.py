"""Facts: everything that is known of one account when the watch looks at it; what findings are made of.

A finding is a pure function of (facts, thresholds, now): None, or a sentence of evidence in Swedish without citizen
content (`watch/findings.py`). Who learns something new about accounts adds a field here, with a default that says
nothing is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.account import Account
from domain.canary import Canary
from domain.finding import Heartbeat
from domain.flood import Flood
from domain.hours import CalendarSettings, Schedule
from domain.ids import PersonId
from domain.person import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What the public contact pages say of an address, as they were read last."""

    read_at: datetime
    #: The pages that show it; none: it stands nowhere.
    pages: tuple[str, ...] = ()
    #: Pages of the organisation that could not be read at the last visit.
    failing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What waits in an account, and when something last happened in it; history is not counted (P14)."""

    #: Messages that people are to handle and nobody has.
    unhandled: int = 0
    oldest_unhandled_at: datetime | None = None
    #: When a person last did something in it; None: never since we read it.
    last_handled_at: datetime | None = None
    #: When something last came, history included.
    last_arrival_at: datetime | None = None
    #: When it last said something of its own: a post, or an answer in the open.
    last_post_at: datetime | None = None
    #: When another machine last answered from its address.
    auto_replied_at: datetime | None = None
    #: The first visit that went well; None: none has.
    first_read_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """From when on it is not normal that nothing has come since the last message."""

    from_at: datetime
    #: Messages on a working day, at present.
    usual_a_day: float


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
    #: How often it is to be read; None: it is read by nobody.
    read_every: timedelta | None = None
    workload: Workload = Workload()
    #: What it needs and that ends, in a few words, and when; soonest first.
    ends: tuple[tuple[str, datetime], ...] = ()
    #: None: nobody can tell from when on it would be unusually silent.
    silence: Silence | None = None
    #: Its own manager, else its unit's; None: neither names one.
    manager: Person | None = None
    #: Who reads it; none: nobody in particular.
    readers: tuple[Person, ...] = ()
    #: Everybody, to know who stands in.
    people: Mapping[PersonId, Person] = field(default_factory=dict)
    #: Addresses, in lower case, of the accounts that are in use and watched: what is sent on there is watched (R51).
    watched: frozenset[str] = frozenset()
    #: None: the public pages were never read.
    publication: Publication | None = None
    #: The last test mail from outside; None: it gets none.
    canary: Canary | None = None
    #: How long one may take.
    canary_within: timedelta = timedelta(minutes=15)
    #: Of the account that such findings hang on: accounts that should have been sent a test mail and were not.
    unsent_canaries: int = 0
    #: None: no numbers that begin alike send more SMS than are answered.
    flood: Flood | None = None

    def is_watched(self, address: str) -> bool:
        """Ask whether what is sent on to an address is watched: in one of our accounts, and not in this one."""
        return address.lower() in self.watched - self.account.addresses
