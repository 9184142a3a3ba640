"""Instants and sizes as people say them, in the reader's language. Pure: `now` is an argument."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from babel.dates import format_date

from domain.instant import STOCKHOLM
from web.words import Words, mark, words_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

#: CLDR patterns: the source is Swedish, each catalogue writes its own.
CLOCK = mark("HH.mm")
WEEKDAY_CLOCK = mark("EEE HH.mm")
DATE_CLOCK = mark("EEE d MMM HH.mm")
YEAR_CLOCK = mark("EEE d MMM y HH.mm")
DAY_DATE = mark("EEE d MMM")
EXACT = mark("EEEE d MMMM y 'kl.' HH.mm")

#: The fields of a clock in CLDR patterns, what stands for each while the day is written, and how Python writes it.
_CLOCK_FIELDS = (("HH", "\1", "{0.hour:02}"), ("H", "\2", "{0.hour}"), ("mm", "\3", "{0.minute:02}"))


@dataclass(frozen=True, slots=True)
class ShownTime:
    """An instant on a page: as people say it, with the machine's and the exact form beside."""

    text: str
    #: ISO 8601.
    at: str
    exactly: str


def shown_time(instant: datetime, words: Words) -> ShownTime:
    """Return an instant with its weekday, date and clock time."""
    return ShownTime(say_date_clock(instant, words), instant.isoformat(), say_exactly(instant, words))


def shown_ago(instant: datetime, now: datetime, words: Words) -> ShownTime:
    """Return an instant as how long ago it was."""
    return ShownTime(say_ago(instant, now, words), instant.isoformat(), say_exactly(instant, words))


def say_due(due: datetime, now: datetime, words: Words) -> str:
    """Return how far off a promise is.

    >>> from datetime import UTC
    >>> from web.words import words_of
    >>> now = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
    >>> say_due(now + timedelta(minutes=12), now, words_of("sv"))
    'om 12 min'
    >>> say_due(now - timedelta(hours=2), now, words_of("sv"))
    'försenat 2 tim'
    """
    if due < now:
        return words.gettext("försenat %(span)s") % {"span": say_span(now - due, words)}
    if due - now < HOUR:
        return words.gettext("om %(span)s") % {"span": say_span(due - now, words)}
    return say_instant(due, now, words)


def say_ago(instant: datetime, now: datetime, words: Words) -> str:
    """Return how long ago something happened; within the last hour in minutes, else when."""
    if now - instant < timedelta(minutes=1):
        return words.gettext("nyss")
    if now - instant < HOUR:
        return words.gettext("för %(span)s sedan") % {"span": say_span(now - instant, words)}
    return say_instant(instant, now, words)


def say_span(span: timedelta, words: Words) -> str:
    """Return a stretch of time in its largest whole unit, at least one minute."""
    if span < HOUR:
        return words.gettext("%(n)s min") % {"n": max(1, span // timedelta(minutes=1))}
    if span < DAY:
        return words.gettext("%(n)s tim") % {"n": span // HOUR}
    days = span // DAY
    return words.ngettext("%(n)s dag", "%(n)s dagar", days) % {"n": days}


def say_instant(instant: datetime, now: datetime, words: Words) -> str:
    """Return an instant as short as it can be without doubt about the day."""
    day, today = _local_date(instant), _local_date(now)
    if day == today:
        return words.gettext("i dag %(clock)s") % {"clock": say_clock(instant, words)}
    if abs(day - today) < 6 * DAY:
        return _format(instant, WEEKDAY_CLOCK, words)
    return _format(instant, DATE_CLOCK if day.year == today.year else YEAR_CLOCK, words)


def say_clock(instant: datetime, words: Words) -> str:
    """Return the clock time alone."""
    return _format(instant, CLOCK, words)


def say_exactly(instant: datetime, words: Words) -> str:
    """Return weekday, date and clock time in full."""
    return _format(instant, EXACT, words)


def say_date_clock(instant: datetime, words: Words) -> str:
    """Return weekday, date and clock time, whatever the day.

    >>> from datetime import UTC
    >>> from web.words import words_of
    >>> say_date_clock(datetime(2026, 11, 24, 15, 30, tzinfo=UTC), words_of("sv"))
    'tis 24 nov 16.30'
    """
    return _format(instant, DATE_CLOCK, words)


def say_day(instant: datetime, words: Words) -> str:
    """Return a day with its weekday, such as `tis 24 nov`."""
    return _format(instant, DAY_DATE, words)


def say_size(size_bytes: int, words: Words) -> str:
    """Return a file's size in the unit that fits."""
    if size_bytes < 1000:
        return words.gettext("%(n)s byte") % {"n": size_bytes}
    if size_bytes < 1_000_000:
        return words.gettext("%(n)s kB") % {"n": round(size_bytes / 1000)}
    return words.gettext("%(n)s MB") % {"n": say_number(size_bytes / 1_000_000, words)}


def say_number(number: float, words: Words) -> str:
    """Return a number with at most one decimal, as the language writes it."""
    text = f"{number:.1f}".removesuffix(".0")
    return text if words.language == "en" else text.replace(".", ",")


def _local_date(instant: datetime) -> date:
    return instant.astimezone(STOCKHOLM).date()


def _format(instant: datetime, pattern: str, words: Words) -> str:
    local = instant.astimezone(STOCKHOLM)
    return _said_of_day(local.date(), pattern, words.language).format(local)


@lru_cache(maxsize=4096)
def _said_of_day(day: date, pattern: str, language: str) -> str:
    """Return what a pattern says of a day, with room for the clock: days come back, instants do not."""
    words = words_of(language)
    marked = words.gettext(pattern)
    for field, stand_in, _ in _CLOCK_FIELDS:
        marked = marked.replace(field, stand_in)
    text = str(format_date(day, marked, locale=words.locale))
    # CLDR shortens Swedish months with a full stop ("nov."), which people leave out in a list.
    if language == "sv" and pattern != EXACT:
        text = text.replace(". ", " ").removesuffix(".")
    for _, stand_in, written in _CLOCK_FIELDS:
        text = text.replace(stand_in, written)
    return text
