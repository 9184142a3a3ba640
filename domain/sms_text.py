"""SMS text: how many parts a text takes on the wire, and what costs them.

Source: 3GPP TS 23.038 sections 6.2.1 (the default alphabet and its extension) and 6.2.3 (UCS-2), TS 23.040 section
9.2.3.24.1 (concatenation, whose header takes 7 septets or 3 UCS-2 units of each part); domain.md 2.10.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

#: One septet each; its place in the string is its code, the escape (0x1B) stands as NUL, which no text holds.
_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x00ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7 = frozenset(_ALPHABET) - {"\x00"}
#: An escape and a septet each.
EXTENSION = frozenset("\f^{}\\[~]|€")

#: Typographic characters, each of which alone would make the whole message UCS-2, and what says the same.
_PLAIN = str.maketrans(
    {
        "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...", "’": "'", "‘": "'", "´": "'", "`": "'",
        "”": '"', "“": '"', "„": '"', "»": '"', "«": '"', "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ",
    }
)  # fmt: skip


class SmsEncoding(StrEnum):
    """How an SMS is written on the wire; one character decides for the whole of it."""

    #: 160 septets in one part, 153 in each of several.
    gsm7 = "gsm7"
    #: 70 units of 16 bits in one part, 67 in each of several.
    ucs2 = "ucs2"


#: Units of a message of one part, and of each part of several.
ALONE = {SmsEncoding.gsm7: 160, SmsEncoding.ucs2: 70}
JOINED = {SmsEncoding.gsm7: 153, SmsEncoding.ucs2: 67}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """What a text takes on the wire."""

    encoding: SmsEncoding
    #: Septets, or 16-bit units.
    units: int
    #: 0 for an empty text.
    parts: int
    #: Units that are left before one part more is needed.
    room: int
    #: The characters that make it UCS-2, each once, in the order of the text.
    outside: tuple[str, ...] = ()


def segments(text: str) -> Segments:
    """Return how many parts a text takes, and why.

    A character of two units is never cut in two: it begins the next part.

    >>> segments("Hej! 5 €").units
    9
    >>> segments("…").encoding.value
    'ucs2'
    """
    outside = tuple(dict.fromkeys(each for each in text if each not in GSM7 and each not in EXTENSION))
    encoding = SmsEncoding.ucs2 if outside else SmsEncoding.gsm7
    cost = _units_of_ucs2 if outside else _septets_of
    units = sum(map(cost, text))
    if units <= ALONE[encoding]:
        parts, room = min(units, 1), ALONE[encoding] - units
    else:
        parts, room = _packed(text, cost, JOINED[encoding])
    return Segments(encoding=encoding, units=units, parts=parts, room=room, outside=outside)


def plain_for_sms(text: str) -> str:
    """Return the text with accents composed and typographic characters written plainly, so that GSM-7 may hold it.

    >>> plain_for_sms("kl. 8–16 …")
    'kl. 8-16 ...'
    """
    return unicodedata.normalize("NFC", text).translate(_PLAIN)


def _septets_of(character: str) -> int:
    return 2 if character in EXTENSION else 1


def _units_of_ucs2(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1


def _packed(text: str, cost: Callable[[str], int], size: int) -> tuple[int, int]:
    """Return the parts of a text that does not fit into one, and the room left in the last."""
    parts, room = 1, size
    for character in text:
        if cost(character) > room:
            parts, room = parts + 1, size
        room -= cost(character)
    return parts, room
