"""The calendar's version: one name for everything about time that a due time hangs on (P9, domain.md 5.4 C7)."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, time
from typing import Any

from holidays import version as holidays_version

from domain.hours import CalendarSettings, Schedule, Span, WeeklyHours


def calendar_version(settings: CalendarSettings, schedules: Iterable[Schedule] = ()) -> str:
    """Return a name for the content of a calendar; it changes when a due time might.

    What is only told (names, the reasons of exceptions) and the order of days and schedules do not matter.

    Args:
        settings: what the municipality has decided about the year.
        schedules: every set of opening hours.
    """
    content = {
        "convention": settings.convention.value,
        "half_days": sorted(half.value for half in settings.half_days),
        "closed_days": sorted(day.isoformat() for day in settings.closed_days),
        "schedules": {schedule.id: _hours(schedule) for schedule in schedules},
        "holidays": holidays_version.__version__,
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return f"holidays-{holidays_version.__version__}-{digest[:12]}"


def _hours(schedule: Schedule) -> dict[str, Any]:
    return {
        "weekly": [_weekly(each) for each in schedule.weekly],
        "half_day_closes": _text(schedule.half_day_closes),
        "exceptions": [[_text(each.first), _text(each.last), _spans(each.spans)] for each in schedule.exceptions],
    }


def _weekly(hours: WeeklyHours) -> list[Any]:
    ends = [_text(hours.valid_from), _text(hours.valid_to), _text(hours.half_day_closes)]
    return [*ends, *(_spans(day) for day in hours.week)]


def _spans(spans: tuple[Span, ...]) -> list[list[str | None]]:
    return [[_text(span.opens), _text(span.closes)] for span in spans]


def _text(moment: date | time | None) -> str | None:
    return None if moment is None else moment.isoformat()
