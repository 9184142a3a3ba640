"""Watching: the thresholds of the watch, for the whole site, a channel, a tier or one account."""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from domain.account import Account, Channel, Tier
from domain.ids import AccountId
from domain.service_level import Target, TargetKind


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchException:
    """Other thresholds for some accounts; what is None stays as it is for all others."""

    #: Which accounts: all that fit what is given.
    channel: Channel | None = None
    tier: Tier | None = None
    account: AccountId | None = None
    unreachable_after: timedelta | None = None
    unwatched_after: Target | None = None
    overlooked_after: Target | None = None
    false_alarms_per_year: float | None = None
    silent_at_least: timedelta | None = None
    learned_over: timedelta | None = None
    inactive_after: timedelta | None = None
    untouched_after: timedelta | None = None
    no_posts_after: timedelta | None = None
    close_after: timedelta | None = None
    absent_after: timedelta | None = None
    duplicate_within: timedelta | None = None
    holds_for: timedelta | None = None
    well_for: timedelta | None = None

    def fits(self, account: Account) -> bool:
        """Ask whether an account is meant."""
        wanted = ((self.channel, account.channel), (self.tier, account.tier), (self.account, account.id))
        return all(asked is None or asked == given for asked, given in wanted)


def _open(**duration: int) -> Target:
    return Target(TargetKind.open_time, duration=timedelta(**duration))


def _days(days: int) -> Target:
    return Target(TargetKind.working_days, days=days)


#: What differs before a site says anything: official accounts are watched all the time that they are open (R54), by the
#: target of their tier. A unit's own page is no official one (R6): its target is a working day, however long the site
#: lets its mailboxes wait.
BUILT_IN = (
    WatchException(channel=Channel.facebook, tier=Tier.contact_center, unwatched_after=_open(hours=1)),
    WatchException(channel=Channel.facebook, tier=Tier.unit, unwatched_after=_days(1)),
    WatchException(channel=Channel.sms, tier=Tier.contact_center, unwatched_after=_open(hours=1)),
    WatchException(channel=Channel.sms, tier=Tier.unit, unwatched_after=_open(hours=4)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietPeriod:
    """Days of every year on which less comes than otherwise; both days included, also over New Year."""

    #: Month and day.
    first: tuple[int, int]
    last: tuple[int, int]
    #: How much comes, of what comes otherwise.
    share: float

    def holds_on(self, day: date) -> bool:
        """Ask whether the day lies in it."""
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretEnd:
    """The day on which a secret ends, as whoever made it was told."""

    secret: str
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """Thresholds of the watch. Source of the defaults: domain.md 1.4."""

    #: How long an account may fail before its manager is told.
    unreachable_after: timedelta = timedelta(minutes=30)
    #: How many days before something ends it is told of, each time anew.
    expiring_days: tuple[int, ...] = (30, 14, 3)
    #: The same of servers' certificates, most of which are renewed by themselves a month before.
    certificate_days: tuple[int, ...] = (21, 14, 3)
    #: When each secret ends, where that is known.
    secrets_end: tuple[SecretEnd, ...] = ()
    #: How long something may wait in an account in which nobody does anything (R50, R54).
    unwatched_after: Target = Target(TargetKind.working_days, days=1)
    #: How long a single message may wait though others are handled.
    overlooked_after: Target = Target(TargetKind.working_days, days=5)
    #: How often an account that is well may be called silent; the fewer, the later silence is noticed.
    false_alarms_per_year: float = 0.1
    #: Less open time than this is no silence.
    silent_at_least: timedelta = timedelta(hours=2)
    #: How far back an account's weeks are learned from.
    learned_over: timedelta = timedelta(days=84)
    #: Days of the year on which less comes: summer, and from before Christmas to Twelfth Night.
    quiet_periods: tuple[QuietPeriod, ...] = (
        QuietPeriod(first=(6, 20), last=(8, 15), share=0.5),
        QuietPeriod(first=(12, 20), last=(1, 7), share=0.25),
    )
    #: How long nothing has come to an account, and nobody has done anything in it, before it is to be made dormant.
    inactive_after: timedelta = timedelta(days=60)
    untouched_after: timedelta = timedelta(days=30)
    #: How long a social account says nothing before it is told of, and before it is to be closed.
    no_posts_after: timedelta = timedelta(days=30)
    close_after: timedelta = timedelta(days=90)
    #: From how many days on an absence is long (R52).
    absent_after: timedelta = timedelta(days=14)
    #: How long another machine's automatic reply is told of after it was seen.
    duplicate_within: timedelta = timedelta(days=7)
    #: How long an account's contact entries stand before they are to be gone through again (R64).
    reviewed_every: timedelta = timedelta(days=365)
    #: How long a condition must hold before its finding opens, and how long it must be well before it closes.
    holds_for: timedelta = timedelta(minutes=1)
    well_for: timedelta = timedelta(minutes=10)
    #: How often all accounts are looked at; those that cannot be read are looked at at once.
    looked_every: timedelta = timedelta(minutes=5)
    #: Other thresholds for some accounts; the last that fits and names a threshold holds.
    exceptions: tuple[WatchException, ...] = ()

    def of(self, account: Account) -> "WatchSettings":
        """Return the thresholds that hold for an account."""
        changed: dict[str, Any] = {}
        for exception in (*BUILT_IN, *self.exceptions):
            if exception.fits(account):
                given = ((name, getattr(exception, name)) for name in THRESHOLDS)
                changed |= {name: value for name, value in given if value is not None}
        return replace(self, **changed)


#: The thresholds that an exception can change.
THRESHOLDS = tuple(
    each.name for each in fields(WatchException) if each.name not in {"channel", "tier", "account"}
)  # fmt: skip
