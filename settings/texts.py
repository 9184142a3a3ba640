"""Texts of the settings that stand for values: durations, targets, times of day and spans, both ways."""

import re
from datetime import time, timedelta
from itertools import pairwise

from domain.hours import Span
from domain.service_level import Target, TargetKind

_UNITS = {
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "day": timedelta(days=1),
    "days": timedelta(days=1),
}
_DURATION = re.compile(r"(?P<count>\d{1,6}) ?(?P<unit>s|min|h|days?)")
_TARGET = re.compile(
    r"(?P<count>\d{1,4}) ?(?:(?P<unit>min|h)(?P<clock> clock)?|(?P<days>working days?)|(?P<weeks>weeks?))"
)
_TIME = re.compile(r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})")


def duration_of(text: object) -> timedelta:
    """Return the length of time.

    >>> duration_of("30min")
    datetime.timedelta(seconds=1800)

    Raises:
        ValueError: the text is no duration, or it is nothing at all.
    """
    found = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or int(found["count"]) == 0:
        raise ValueError(f'{text!r} is no duration: write "60s", "30min", "24h" or "7 days"')
    return int(found["count"]) * _UNITS[found["unit"]]


def duration_text(duration: timedelta) -> str:
    """Return the duration in the largest unit that it fills.

    >>> duration_text(timedelta(minutes=30))
    '30min'
    """
    for unit in ("days", "h", "min"):
        if not duration % _UNITS[unit]:
            count = duration // _UNITS[unit]
            return f"{count}{unit}" if unit != "days" else f"{count} day{'' if count == 1 else 's'}"
    return f"{int(duration.total_seconds())}s"


def target_of(text: object) -> Target:
    """Return the target of a service level; `str()` of the target is the way back.

    >>> target_of("2 working days")
    Target(kind=<TargetKind.working_days: 'working_days'>, duration=datetime.timedelta(0), days=2)

    Raises:
        ValueError: the text is no target, or it is nothing at all.
    """
    found = _TARGET.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or int(found["count"]) == 0:
        raise ValueError(f'{text!r} is no target: write "1min", "1h", "2 working days", "6 weeks" or "24h clock"')
    count = int(found["count"])
    if found["weeks"]:
        return Target(TargetKind.weeks, days=7 * count)
    if found["days"]:
        return Target(TargetKind.working_days, days=count)
    kind = TargetKind.clock_time if found["clock"] else TargetKind.open_time
    return Target(kind, duration=count * _UNITS[found["unit"]])


def time_of(text: object) -> time:
    """Return the local time of day.

    >>> time_of("13:00")
    datetime.time(13, 0)

    Raises:
        ValueError: the text is no time of day.
    """
    found = _TIME.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or int(found["hour"]) > 23 or int(found["minute"]) > 59:
        raise ValueError(f'{text!r} is no time of day: write "08:00" (the last one of a day is "23:59")')
    return time(int(found["hour"]), int(found["minute"]))


def time_text(moment: time) -> str:
    """Return the time of day as the settings write it."""
    return moment.strftime("%H:%M")


def span_of(text: object) -> Span:
    """Return an open stretch of a day.

    >>> span_of("08:00-12:00")
    Span(opens=datetime.time(8, 0), closes=datetime.time(12, 0))

    Raises:
        ValueError: the text is no span, or it ends before it begins.
    """
    ends = re.split(r" ?[-–] ?", text) if isinstance(text, str) else []
    if len(ends) != 2:
        raise ValueError(f'{text!r} is no span: write "08:00-12:00"')
    span = Span(time_of(ends[0]), time_of(ends[1]))
    if span.closes <= span.opens:
        raise ValueError(f"{text!r} ends before it begins")
    return span


def spans_of(texts: object) -> tuple[Span, ...]:
    """Return the spans of a day in order; no spans means closed.

    Raises:
        ValueError: a text is no span, or two spans overlap.
    """
    listed = [texts] if isinstance(texts, str) else texts
    if not isinstance(listed, list | tuple):
        raise ValueError(f'{texts!r} are no spans: write ["08:00-12:00", "13:00-17:00"], or [] for closed')
    spans = tuple(sorted((span_of(each) for each in listed), key=lambda span: span.opens))
    for earlier, later in pairwise(spans):
        if later.opens < earlier.closes:
            raise ValueError(f"{span_text(earlier)} and {span_text(later)} overlap")
    return spans


def span_text(span: Span) -> str:
    """Return the span as the settings write it."""
    return f"{time_text(span.opens)}-{time_text(span.closes)}"
