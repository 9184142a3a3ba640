"""Instants as people say them, in the language of the reader."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime

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

#: For an SMS, where room is short. Source: domain.md 7.4.
SHORT_PATTERNS = {
    "sv": "EEE d/M 'kl' HH:mm",
    "fi": "EEE d.M. 'klo' H.mm",
    "en": "EEE d MMM, HH:mm",
}

#: For every other language: digits only, as they stand on signs in Sweden.
DIGITS = "d/M HH:mm"

#: CLDR locales: British order of day and month.
LOCALES = {"sv": "sv_SE", "fi": "fi_FI", "en": "en_GB"}

#: Instants that have been when the text is read.
PAST = frozenset({"arrived_at", "closed_at"})

#: Languages written from right to left; `ckb` is Kurdish in the Arabic script.
RIGHT_TO_LEFT = frozenset({"ar", "fa", "ckb"})


def is_past(slot: str) -> bool:
    """Ask whether the instant of a slot has been when the text is read."""
    return slot in PAST


def right_to_left(language: str) -> bool:
    """Ask whether a language is written from right to left."""
    return language in RIGHT_TO_LEFT


@lru_cache(maxsize=4096)
def say(instant: datetime, language: str, *, past: bool = False, short: bool = False) -> str:
    """Return an instant as a date and a clock time in Sweden; kept, for many replies name the same few times.

    Args:
        instant: aware.
        language: one without words of its own here gets digits.
        past: it stands after a verb such as `kom fram`.
        short: for an SMS.

    >>> from datetime import UTC
    >>> afternoon = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    >>> say(afternoon, "sv")
    'tisdag 24 november kl. 16.30'
    >>> say(afternoon, "fi", past=True)
    'tiistaina 24.11. klo 16.30'
    >>> say(afternoon, "sv", short=True)
    'tis 24/11 kl 16:30'
    >>> say(afternoon, "so")
    '24/11 16:30'
    """
    patterns = SHORT_PATTERNS if short else PAST_PATTERNS if past else PATTERNS
    locale = LOCALES.get(language, LOCALES["en"])
    return format_datetime(instant, patterns.get(language, DIGITS), tzinfo=STOCKHOLM, locale=locale)


def say_day(day: date, language: str) -> str:
    """Return a date with its weekday.

    >>> say_day(date(2026, 11, 24), "sv")
    'tisdag 24 november'
    """
    return format_date(day, "EEEE d MMMM", locale=LOCALES.get(language, LOCALES["en"]))
