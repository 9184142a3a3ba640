"""Instants as people say them, in the language of the reader."""

from datetime import datetime

from babel.dates import format_datetime

from domain.instant import STOCKHOLM

#: CLDR patterns by language, for a time to come. Source: design.md section 6; domain.md 7.4 and 7.5 (Finnish with
#: dots, English with the month's name).
PATTERNS = {
    "sv": "EEEE d MMMM 'kl.' HH.mm",
    "fi": "EEEE d.M. 'klo' H.mm",
    "en": "EEEE d MMMM, HH:mm",
}

#: For a time that has been: in Swedish a bare weekday would be read as the next one.
PAST_PATTERNS = {
    "sv": "'den' d MMMM 'kl.' HH.mm",
    "fi": "EEEE d.M. 'klo' H.mm",
    "en": "EEEE d MMMM 'at' HH:mm",
}

#: CLDR locales: British order of day and month.
LOCALES = {"sv": "sv_SE", "fi": "fi_FI", "en": "en_GB"}


def say_instant(instant: datetime, language: str) -> str:
    """Return a time to come, as a date and a clock time in Sweden.

    >>> from datetime import UTC
    >>> say_instant(datetime(2026, 11, 24, 15, 30, tzinfo=UTC), "sv")
    'tisdag 24 november kl. 16.30'
    >>> say_instant(datetime(2026, 11, 24, 15, 30, tzinfo=UTC), "en")
    'Tuesday 24 November, 16:30'
    """
    return _say(instant, PATTERNS, language)


def say_past(instant: datetime, language: str) -> str:
    """Return a time that has been, so that it stands well after a verb such as `kom fram`.

    >>> from datetime import UTC
    >>> say_past(datetime(2026, 11, 24, 8, 12, tzinfo=UTC), "sv")
    'den 24 november kl. 09.12'
    >>> say_past(datetime(2026, 11, 24, 8, 12, tzinfo=UTC), "fi")
    'tiistaina 24.11. klo 9.12'
    """
    return _say(instant, PAST_PATTERNS, language)


def _say(instant: datetime, patterns: dict[str, str], language: str) -> str:
    return format_datetime(instant, patterns[language], tzinfo=STOCKHOLM, locale=LOCALES[language])
