"""Search: what counts as a word, and what somebody asks for. Pure.

å, ä and ö are letters of their own and æ and ø are written like them; every other letter loses its accent, so that
`Andre` finds `André` and `Muller` finds `Müller`, while `angermanland` does not find `Ångermanland` nor `for` `för`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from domain.phone import normal_number

#: Words of one message that can be found; more is no letter. PostgreSQL numbers no more than 16,383.
MOST_WORDS = 16_000

#: Characters of a word; the rest of a longer one is left out.
LONGEST_WORD = 64

#: Characters of a question; the rest is left out.
LONGEST_QUESTION = 200
MOST_TERMS = 10

#: A word of so many letters also finds what begins with it, and in subjects and names what has it anywhere.
SHORTEST_START = 2
SHORTEST_PART = 3

#: Digits of a telephone number, the 0 in front counted; fewer are the beginning of one.
SHORTESTNUMBER = 8

_WORD = re.compile(r"[^\W_]+")
#: What may be a telephone number.
NUMBER = re.compile(r"(?:\+|(?<!\w)0)[\d \-/().]{3,18}\d")
_TICKET = re.compile(r"(?:ärende|arende|nr|#|\s)*(\d\d)-(\d{1,9})\s*", re.IGNORECASE)
_QUOTED = re.compile(r'"([^"]*)"')

#: Letters whose accents make them other letters in Swedish and Finnish.
_OWN = frozenset("åäö")
_WRITTEN = {"æ": "ä", "ø": "ö", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}


@dataclass(frozen=True, slots=True)
class Way:
    """Words in a row; the last may go on when `starts` is true."""

    words: tuple[str, ...]
    starts: bool = False

    def is_at(self, words: list[str], place: int) -> bool:
        """Ask whether the words stand at a place among others."""
        there = words[place : place + len(self.words)]
        if len(there) < len(self.words) or there[:-1] != list(self.words[:-1]):
            return False
        return there[-1].startswith(self.words[-1]) if self.starts else there[-1] == self.words[-1]


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a question: found when any of its ways is."""

    ways: tuple[Way, ...]
    #: What a subject, a name or an address may have anywhere; empty: too short to look for.
    part: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody searches for: every term must be found."""

    terms: tuple[Term, ...] = ()
    #: The ticket that is named by its number, such as 26-01234; empty: none is.
    number: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not self.terms and not self.number

    @property
    def parts(self) -> tuple[str, ...]:
        """What to look for inside subjects, names and addresses; empty: some term is too short for that."""
        parts = tuple(term.part for term in self.terms)
        return parts if all(parts) else ()


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a text as they are compared.

    >>> list(words_of("Hål i vägen, André!"))
    ['hål', 'i', 'vägen', 'andre']
    """
    for match in _WORD.finditer(unicodedata.normalize("NFC", text)):
        yield fold(match[0])


def numbers_of(text: str) -> Iterator[str]:
    """Yield the telephone numbers that stand in a text, in digits with the country's in front.

    >>> list(numbers_of("Ring 070-174 06 42"))
    ['46701740642']
    """
    for match in NUMBER.finditer(text):
        number = normal_number(match[0].replace("(0)", ""))
        if number:
            yield number.removeprefix("+")


def read_question(said: str) -> Question:
    """Return what a question means; whatever is typed means something, or nothing."""
    said = unicodedata.normalize("NFC", said[:LONGEST_QUESTION])
    named = _TICKET.fullmatch(said)
    if named:
        number = f"{named[1]}-{int(named[2]):05d}"
        return Question(terms=(_term(number),), number=number)
    numbers = [_number_term(match[0]) for match in NUMBER.finditer(said)]
    rest = NUMBER.sub(" ", said)
    exact = [Term((Way(tuple(words_of(quoted))),), _part(quoted)) for quoted in _QUOTED.findall(rest)]
    loose = [_term(chunk) for chunk in _QUOTED.sub(" ", rest).split()]
    terms = [term for term in (*numbers, *exact, *loose) if term.ways[0].words]
    return Question(terms=tuple(terms[:MOST_TERMS]))


def _term(chunk: str) -> Term:
    words = tuple(words_of(chunk))
    starts = bool(words) and len(words[-1]) >= SHORTEST_START
    return Term((Way(words, starts),), _part(chunk))


def _number_term(written: str) -> Term:
    """Return a term that finds a number in any form it is written in, and what begins so."""
    whole = normal_number(written.replace("(0)", ""))
    digits = re.sub(r"\D", "", written)
    if whole and len(digits) >= SHORTESTNUMBER:
        digits = whole.removeprefix("+")
    elif written.startswith("00"):
        digits = digits[2:]
    elif written.startswith("0"):
        digits = "46" + digits[1:]
    return Term((Way((digits,), starts=True), Way(tuple(words_of(written)), starts=True)), digits)


def _part(chunk: str) -> str:
    part = " ".join(words_of(chunk))
    return part if len(part) >= SHORTEST_PART else ""


def fold(word: str) -> str:
    """Return a word as it is compared.

    >>> fold("André")
    'andre'
    """
    lower = word.lower()
    if not lower.isascii():
        lower = "".join(_letter(letter) for letter in unicodedata.normalize("NFC", lower))
    return lower[:LONGEST_WORD]


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    if letter in _OWN:
        return letter
    written = _WRITTEN.get(letter)
    if written is not None:
        return written
    return "".join(part for part in unicodedata.normalize("NFD", letter) if unicodedata.category(part) != "Mn")
