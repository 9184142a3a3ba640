"""Telephone numbers in one form, E.164, so that one number is one correspondent however it was written."""

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers

#: What a number without a country is taken for.
COUNTRY = "SE"

#: A number at the end of a longer text is not looked for: to look takes time.
LONGEST_TEXT = 5_000

#: What a whole number has; most texts have nothing like it, and need not be looked through.
_DIGITS = re.compile(r"\d[\d \-/()]{6,}")


def normal_number(text: str) -> str | None:
    """Return a number in E.164 form; None for a name, a short code, or what is no number.

    Only what says that it is a whole number is read as one: it begins with +, 00 or 0.

    >>> normal_number("070-174 06 42"), normal_number("0046701740642"), normal_number("71234")
    ('+46701740642', '+46701740642', None)
    """
    if not text.startswith(("+", "0")):
        return None
    try:
        number = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return _written(number)


def numbers_written_in(text: str) -> Iterator[str]:
    """Yield the mobile numbers that stand in a text, in E.164 form."""
    if _DIGITS.search(text) is None:
        return
    for match in phonenumbers.PhoneNumberMatcher(text[:LONGEST_TEXT], COUNTRY, max_tries=10):
        if phonenumbers.number_type(match.number) in _MOBILE:
            yield _written(match.number)


@lru_cache(maxsize=4096)
def spoken_number(text: str) -> str:
    """Return a number in E.164 form as people write it, a foreign one with its country; all else as it is.

    >>> spoken_number("+46701740642"), spoken_number("+358401234567"), spoken_number("anna@example.se")
    ('070-174 06 42', '+358 40 1234567', 'anna@example.se')
    """
    if not _WHOLE.fullmatch(text):
        return text
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return text
    is_ours = phonenumbers.region_code_for_number(number) == COUNTRY
    form = phonenumbers.PhoneNumberFormat.NATIONAL if is_ours else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))


_WHOLE = re.compile(r"\+\d{6,15}")
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def _written(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
