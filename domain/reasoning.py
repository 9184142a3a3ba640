"""Reasoning: how open time was counted, step by step, and the steps as English sentences for the command line."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from types import MappingProxyType

from domain.count_step import CountStep, StepKind, StepValue, step
from domain.hours import CalendarSettings, Schedule, Span
from domain.instant import STOCKHOLM
from domain.open_time import OpenSpan, SpecialDay, open_day

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

#: Of a long count only the first and last stretches are written out.
_FIRST, _LAST = 4, 2

SENTENCES: Mapping[StepKind, str] = MappingProxyType(
    {
        StepKind.arrived_open: "Arrived {at} Swedish time ({at_utc} UTC); {schedule} was open.",
        StepKind.arrived_closed: "Arrived {at} Swedish time ({at_utc} UTC); {schedule} was closed.",
        StepKind.notice_level: "Notice: {channel} at tier {tier} promises {target} by the hours of {schedule}.",
        StepKind.answer_level: "Answer: {channel} at tier {tier} promises {target} by the hours of {schedule}.",
        StepKind.form_level: "It came by a form, which promises {target} (R24).",
        StepKind.earlier: "By the table it is due {at}, by the form {form_at}: the earlier governs.",
        StepKind.routed: "Routed to {unit}, which owes the answer; the count still begins at the arrival.",
        StepKind.own_time: "Category {category} has a handling time of its own, which replaces it: {target}.",
        StepKind.own_time_past: (
            "Category {category} has a handling time, but its review date {review_by} has passed: not used."
        ),
        StepKind.by_the_clock: "{length} by the clock, open or closed.",
        StepKind.waits: "Closed on arrival: the clock waits for the opening.",
        StepKind.special_day: "{day}, {name}: {hours}.",
        StepKind.special_days: "{day} to {until}, {name}: {hours}.",
        StepKind.stretch: "{opens_at}–{closes_at} gives {length}, {left} left.",
        StepKind.last_stretch: "{opens_at}–{closes_at} gives {length}, nothing left.",
        StepKind.stretches_alike: "The next {count} open stretches are counted in the same way.",
        StepKind.day_zero: "{day}, the day of arrival, is day 0.",
        StepKind.day_zero_later: "Arrived after closing or on a closed day: {day}, the next working day, is day 0.",
        StepKind.working_day: "Working day {count} is {day}.",
        StepKind.end_of_week: "The end of week {count} is {day}.",
        StepKind.not_open_then: "The unit does not open that day: the next day that it does.",
        StepKind.notice_due: "Notice is due {at}.",
        StepKind.answer_due: "Answer is due {at}.",
        StepKind.answer_first: "The answer is due before the notice: an answer is also a notice, so it meets both.",
    }
)


def sentence(counted: CountStep) -> str:
    """Return the step in English, with local times.

    >>> sentence(step(StepKind.day_zero, day=date(2026, 2, 3)))
    'Tue 2026-02-03, the day of arrival, is day 0.'
    """
    said = {name: _said(name, value) for name, value in counted.slots.items()}
    at = counted.slots.get("at")
    if isinstance(at, datetime):
        said["at_utc"] = f"{at:%Y-%m-%d %H:%M}"
    return SENTENCES[counted.kind].format_map(said)


def _said(name: str, value: StepValue) -> str:
    if isinstance(value, datetime):
        local = value.astimezone(STOCKHOLM)
        return _clock(local) if name == "closes_at" else f"{_day_text(local.date())} {_clock(local)}"
    if isinstance(value, date):
        return value.isoformat() if name == "review_by" else _day_text(value)
    if isinstance(value, timedelta):
        return length_text(value)
    return _hours_text(value) if isinstance(value, tuple) else str(value)


def _day_text(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {day.isoformat()}"


def _hours_text(spans: tuple[Span, ...]) -> str:
    stretches = (f"{span.opens:%H:%M}–{span.closes:%H:%M}" for span in spans)
    return f"open {', '.join(stretches)}" if spans else "closed"


def _clock(local: datetime) -> str:
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def length_text(length: timedelta) -> str:
    """Return the length in hours, minutes and whole seconds.

    >>> length_text(timedelta(hours=1, minutes=5))
    '1 h 5 min'
    """
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if count]
    return " ".join(parts) or "0 min"


def special_days(schedule: Schedule, calendar: CalendarSettings, first: date, last: date) -> tuple[CountStep, ...]:
    """Return a step for each day, or row of days, whose hours differ from the week's; both dates included."""
    days = (first + timedelta(days=count) for count in range((last - first).days + 1))
    noted = groupby(((day, open_day(schedule, calendar, day).special) for day in days), key=lambda pair: pair[1])
    return tuple(_days_step([day for day, _ in row], special) for special, row in noted if special is not None)


def _days_step(days: list[date], special: SpecialDay) -> CountStep:
    if len(days) == 1:
        return step(StepKind.special_day, day=days[0], name=special.name, hours=special.spans)
    return step(StepKind.special_days, day=days[0], until=days[-1], name=special.name, hours=special.spans)


def stretch_steps(stretches: tuple[OpenSpan, ...], duration: timedelta) -> tuple[CountStep, ...]:
    """Return a step for each open stretch: what it gave, and what is left of the duration."""
    steps: list[CountStep] = []
    left = duration
    for stretch in stretches:
        left -= stretch.length
        steps.append(_stretch_step(stretch, left))
    hidden = len(steps) - _FIRST - _LAST
    if hidden > 1:
        steps[_FIRST:-_LAST] = [step(StepKind.stretches_alike, count=hidden)]
    return tuple(steps)


def _stretch_step(stretch: OpenSpan, left: timedelta) -> CountStep:
    gives: dict[str, StepValue] = {
        "opens_at": stretch.opens_at,
        "closes_at": stretch.closes_at,
        "length": stretch.length,
    }
    return step(StepKind.stretch, **gives, left=left) if left else step(StepKind.last_stretch, **gives)
