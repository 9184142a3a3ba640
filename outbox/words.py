"""Instants as people say them, in the language of the reader."""

from datetime import datetime

from babel.dates import format_datetime

from domain.instant import STOCKHOLM

#: CLDR patterns by language. Source: domain.md 7.4 and 7.5 (Finnish with dots, English with the month's name).
PATTERNS = {
    "sv": "EEEE d MMMM 'kl.' HH.mm",
    "fi": "EEEE d.M. 'klo' H.mm",
    "en": "EEEE d MMMM, HH:mm",
}

#: CLDR locales: British order of day and month.
LOCALES = {"sv": "sv_SE", "fi": "fi_FI", "en": "en_GB"}


def say_instant(instant: datetime, language: str) -> str:
    """Return a date and a clock time in local time.

    >>> from datetime import UTC
    >>> say_instant(datetime(2026, 11, 24, 15, 30, tzinfo=UTC), "sv")
    'tisdag 24 november kl. 16.30'
    >>> say_instant(datetime(2026, 11, 24, 15, 30, tzinfo=UTC), "en")
    'Tuesday 24 November, 16:30'
    """
    return format_datetime(instant, PATTERNS[language], tzinfo=STOCKHOLM, locale=LOCALES[language])
