"""Spans of days, as people name them: days or whole months, in Stockholm. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.errors import BadInput
from domain.register import midnight

#: So many months are meant where nobody says which, this one included.
MONTHS = 3

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days in Stockholm, both included."""

    first: date
    last: date

    @property
    def begins_at(self) -> datetime:
        """When the first day begins; aware UTC."""
        return midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """When the day after the last begins; aware UTC."""
        return midnight(self.last + _ONE_DAY)


def span_of(since: str, until: str, today: date) -> Span:
    """Return the days that are meant: whole months where a month is named, else the last three months until today.

    Raises:
        BadInput: what was written is no day and no month, or the end lies before the beginning.
    """
    first = _first(since) if since else _months_back(today, MONTHS - 1)
    last = _last(until) if until else max(today, first)
    if last < first:
        raise BadInput(f"--to {until} lies before --from {since or first}: write the earlier one after --from")
    return Span(first=first, last=last)


def _first(text: str) -> date:
    return _day(text if len(text) > len("2026-11") else f"{text}-01", text)


def _last(text: str) -> date:
    if len(text) > len("2026-11"):
        return _day(text, text)
    return (_day(f"{text}-01", text) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _day(text: str, written: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f'"{written}" is no day and no month: write 2026-11-24 or 2026-11') from None


def _months_back(day: date, count: int) -> date:
    first = day.replace(day=1)
    for _ in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
    return first
