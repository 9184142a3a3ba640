"""Service levels: how soon a citizen must have a notice, and an answer."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.account import Channel, Tier
from domain.ids import CategoryId, PersonId


class TargetKind(StrEnum):
    """How a target is counted. Source: domain.md 5.4 C2, C3, C5."""

    #: Consumes open time only.
    open_time = "open_time"
    #: Counts whole working days and ends at closing time.
    working_days = "working_days"
    #: Counts weeks by the calendar and ends at closing time, of the next day that is open if that one is not.
    weeks = "weeks"
    #: Consumes clock time, counted in UTC.
    clock_time = "clock_time"


@dataclass(frozen=True, slots=True)
class Target:
    """A maximum time: `duration` for open and clock time, `days` for working days, and seven of them a week."""

    kind: TargetKind
    duration: timedelta = timedelta(0)
    days: int = 0

    def __str__(self) -> str:
        """Return the target as settings write it: `1h`, `1min`, `2 working days`, `6 weeks`, `24h clock`."""
        if self.kind is TargetKind.working_days:
            return f"{self.days} working day{'' if self.days == 1 else 's'}"
        if self.kind is TargetKind.weeks:
            return f"{self.days // 7} week{'' if self.days == 7 else 's'}"
        minutes = int(self.duration.total_seconds() // 60)
        text = f"{minutes // 60}h" if minutes % 60 == 0 and minutes else f"{minutes}min"
        return text if self.kind is TargetKind.open_time else f"{text} clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevel:
    """The two targets of one channel and tier (design.md section 6)."""

    channel: Channel
    tier: Tier
    #: Latest time for an answer, or a notice that names a time. Source: domain.md 1.2.
    notice: Target
    #: Latest time for an answer by a person.
    answer: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingTime:
    """A category's own answer target, dated and owned: past its review date it is not used (R34)."""

    category: CategoryId
    answer: Target
    #: Who stands for it.
    owner: PersonId
    review_by: date
