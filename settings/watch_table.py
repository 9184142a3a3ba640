"""The `[watch]` table of site.toml: the thresholds of the watch."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from domain.account import Channel, Tier
from domain.ids import AccountId
from domain.watching import QuietPeriod, SecretEnd, WatchException, WatchSettings
from settings.fields import Count, Duration, Id, SecretName, Table, TargetText

_WATCH = WatchSettings()

#: A day of every year.
_DAY_OF_YEAR = re.compile(r"(?P<month>\d{2})-(?P<day>\d{2})")

#: In which a day of every year must exist: a leap year.
_ANY_YEAR = 2024


def _day_of_year(text: object) -> tuple[int, int]:
    """Return month and day.

    >>> _day_of_year("06-20")
    (6, 20)

    Raises:
        ValueError: the text names no day.
    """
    found = _DAY_OF_YEAR.fullmatch(text) if isinstance(text, str) else None
    try:
        day = date(_ANY_YEAR, int(found["month"]), int(found["day"])) if found else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError(f'{text!r} is no day of the year: write month and day, as "06-20"')
    return day.month, day.day


DayOfYear = Annotated[tuple[int, int], PlainValidator(_day_of_year)]


class QuietPeriodTable(Table):
    """Days of every year on which less comes."""

    first: DayOfYear
    last: DayOfYear
    share: float = Field(gt=0, le=1)

    def to_domain(self) -> QuietPeriod:
        """Return the period."""
        return QuietPeriod(**dict(self))


class WatchExceptionTable(Table):
    """Other thresholds for some accounts."""

    channel: Channel | None = None
    tier: Tier | None = None
    account: Id | None = None
    unreachable_after: Duration | None = None
    unwatched_after: TargetText | None = None
    overlooked_after: TargetText | None = None
    false_alarms_per_year: float | None = Field(default=None, gt=0, le=12)
    silent_at_least: Duration | None = None
    learned_over: Duration | None = None
    inactive_after: Duration | None = None
    untouched_after: Duration | None = None
    no_posts_after: Duration | None = None
    close_after: Duration | None = None
    absent_after: Duration | None = None
    duplicate_within: Duration | None = None
    holds_for: Duration | None = None
    well_for: Duration | None = None

    def to_domain(self) -> WatchException:
        """Return the exception."""
        return WatchException(**{**dict(self), "account": AccountId(self.account) if self.account else None})


class WatchTable(Table):
    """Thresholds of the watch."""

    unreachable_after: Duration = _WATCH.unreachable_after
    expiring_days: tuple[Count, ...] = Field(default=_WATCH.expiring_days, min_length=1)
    certificate_days: tuple[Count, ...] = Field(default=_WATCH.certificate_days, min_length=1)
    secrets_end: dict[SecretName, date] = Field(default_factory=dict)
    unwatched_after: TargetText = _WATCH.unwatched_after
    overlooked_after: TargetText = _WATCH.overlooked_after
    false_alarms_per_year: float = Field(default=_WATCH.false_alarms_per_year, gt=0, le=12)
    silent_at_least: Duration = _WATCH.silent_at_least
    learned_over: Duration = _WATCH.learned_over
    quiet_periods: tuple[QuietPeriodTable, ...] | None = None
    inactive_after: Duration = _WATCH.inactive_after
    untouched_after: Duration = _WATCH.untouched_after
    no_posts_after: Duration = _WATCH.no_posts_after
    close_after: Duration = _WATCH.close_after
    absent_after: Duration = _WATCH.absent_after
    duplicate_within: Duration = _WATCH.duplicate_within
    reviewed_every: Duration = _WATCH.reviewed_every
    holds_for: Duration = _WATCH.holds_for
    well_for: Duration = _WATCH.well_for
    looked_every: Duration = _WATCH.looked_every
    exceptions: tuple[WatchExceptionTable, ...] = ()

    def to_domain(self) -> WatchSettings:
        """Return the thresholds."""
        quiet = self.quiet_periods
        changed: dict[str, Any] = {
            "secrets_end": tuple(SecretEnd(secret=name, last=last) for name, last in self.secrets_end.items()),
            "quiet_periods": _WATCH.quiet_periods if quiet is None else tuple(each.to_domain() for each in quiet),
            "exceptions": tuple(each.to_domain() for each in self.exceptions),
        }
        return WatchSettings(**{**dict(self), **changed})
