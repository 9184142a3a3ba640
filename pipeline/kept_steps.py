"""Kept steps: the steps of a count as JSON, with the message's record, and back."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from domain.count_step import CountStep, StepKind, StepValue
from domain.hours import Span
from domain.reasoning import sentence
from domain.service_level import Target, TargetKind


def kept_step(counted: CountStep) -> list[Any]:
    """Return the step as its kind and its slots: instants in UTC, lengths in seconds."""
    return [counted.kind.value, {name: _kept(value) for name, value in counted.slots.items()}]


def read_step(kept: object) -> CountStep | str | None:
    """Return a kept step; a sentence that an older release kept as it stands; None for what cannot be read."""
    if isinstance(kept, str):
        return kept
    if not isinstance(kept, list) or len(kept) != 2:
        return None
    kind, slots = kept
    try:
        read = CountStep(StepKind(kind), {name: _READ.get(name, _as_it_is)(value) for name, value in slots.items()})
        sentence(read)  # lacks it a slot, no language can say it
    except (TypeError, ValueError, AttributeError, KeyError):
        return None
    return read


def _kept(value: StepValue) -> Any:
    if isinstance(value, date):  # an instant is one too
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Target):
        return [value.kind.value, value.duration.total_seconds(), value.days]
    if isinstance(value, tuple):
        return [[f"{span.opens:%H:%M}", f"{span.closes:%H:%M}"] for span in value]
    return value


def _as_it_is(value: Any) -> StepValue:
    return value if isinstance(value, int) else str(value)


def _length(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def _target(kept: list[Any]) -> Target:
    kind, seconds, days = kept
    return Target(TargetKind(kind), _length(seconds), days)


def _hours(kept: list[list[str]]) -> tuple[Span, ...]:
    return tuple(Span(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in kept)


#: How each slot is read that is no plain text or number.
_READ: Mapping[str, Callable[[Any], StepValue]] = MappingProxyType(
    {
        **dict.fromkeys(("at", "form_at", "opens_at", "closes_at"), datetime.fromisoformat),
        **dict.fromkeys(("day", "until", "review_by"), date.fromisoformat),
        **dict.fromkeys(("length", "left"), _length),
        "target": _target,
        "hours": _hours,
    }
)
