"""Steps of a count: what each did for a promise, as values that any language can say (P9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.hours import Span
from domain.service_level import Target

#: What a sentence about a step names. Instants are aware UTC.
StepValue = str | int | datetime | date | timedelta | Target | tuple[Span, ...]


class StepKind(StrEnum):
    """What a step did; its slots stand behind it."""

    #: at, schedule
    arrived_open = "arrived_open"
    #: at, schedule
    arrived_closed = "arrived_closed"
    #: channel, tier, target, schedule
    notice_level = "notice_level"
    #: channel, tier, target, schedule
    answer_level = "answer_level"
    #: target
    form_level = "form_level"
    #: at, form_at
    earlier = "earlier"
    #: unit
    routed = "routed"
    #: category, target
    own_time = "own_time"
    #: category, review_by
    own_time_past = "own_time_past"
    #: length
    by_the_clock = "by_the_clock"
    waits = "waits"
    #: day, name, hours (none: closed)
    special_day = "special_day"
    #: day, until, name, hours (none: closed)
    special_days = "special_days"
    #: opens_at, closes_at, length, left
    stretch = "stretch"
    #: opens_at, closes_at, length
    last_stretch = "last_stretch"
    #: count
    stretches_alike = "stretches_alike"
    #: day
    day_zero = "day_zero"
    #: day
    day_zero_later = "day_zero_later"
    #: count, day
    working_day = "working_day"
    #: count, day
    end_of_week = "end_of_week"
    not_open_then = "not_open_then"
    #: at
    notice_due = "notice_due"
    #: at
    answer_due = "answer_due"
    answer_first = "answer_first"


@dataclass(frozen=True, slots=True)
class CountStep:
    """One step of a count."""

    kind: StepKind
    #: By the names that its kind lists.
    slots: Mapping[str, StepValue] = field(default_factory=dict)


def step(kind: StepKind, **slots: StepValue) -> CountStep:
    """Return a step with its slots."""
    return CountStep(kind, slots)
