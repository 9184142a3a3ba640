"""Said: days, times and counts as a manager reads them, in Swedish."""

from datetime import date, datetime

from babel.dates import format_date, format_datetime

from domain.hours import CalendarSettings
from domain.instant import STOCKHOLM
from domain.open_time import local_date
from domain.swedish_calendar import next_working_day

_LOCALE = "sv_SE"


def said_time(at: datetime) -> str:
    """Return a time: `den 24 november kl. 09.12`."""
    return format_datetime(at, "'den' d MMMM 'kl.' HH.mm", tzinfo=STOCKHOLM, locale=_LOCALE)


def said_day(day: date) -> str:
    """Return a day: `tisdag 24 november`."""
    return format_date(day, "EEEE d MMMM", locale=_LOCALE)


def said_messages(count: int) -> str:
    """Return how many messages there are."""
    return "1 meddelande" if count == 1 else f"{count} meddelanden"


def working_days_since(at: datetime, now: datetime, calendar: CalendarSettings) -> int:
    """Return how many working days have begun after the day of an instant, today included."""
    day, today, count = local_date(at), local_date(now), 0
    while (day := next_working_day(calendar, day)) <= today:
        count += 1
    return count


def said_working_days(count: int) -> str:
    """Return how many working days there are."""
    return "1 arbetsdag" if count == 1 else f"{count} arbetsdagar"
