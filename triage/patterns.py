"""Patterns: how a word of the settings is read. Source: domain.md 6.1.

    bygglov*            any ending; `*lov` any beginning, `*lov*` anywhere in a word
    hål i vägen/gatan   words that follow on each other, with alternatives
    gas * luktar        a lone star: up to four words between
    barn* + skrik*      both in the same sentence, in any order

A word without a star also matches with the endings of its language, and the head of a compound matches in any compound.
"""

from dataclasses import dataclass
from itertools import product

from triage.words import normalise

#: How many words a lone star may stand for.
GAP_WORDS = 4
#: A shorter word is not looked for inside others: "råd" is not in "område".
COMPOUND_LETTERS = 5

#: A shorter word takes no endings: "sva" is not in "svar".
INFLECTED_LETTERS = 4

#: Languages that write small words together with the next: "the" and "and" in Arabic letters.
PREFIXING = frozenset({"ar", "fa", "ku"})
#: Languages that write compounds as one word.
COMPOUNDING = frozenset({"sv", "fi", "de", "no", "da"})

_SWEDISH = "a e en n et t s ens ns ets ts ar er or r na arna erna orna ars ers are aren arnas ernas"
#: Endings that a word without a star may take, by language.
ENDINGS: dict[str, frozenset[str]] = {
    "sv": frozenset(_SWEDISH.split()),
    "en": frozenset(("s", "es", "ed", "d", "ing", "ly")),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One word of a pattern."""

    letters: str
    open_left: bool
    open_right: bool
    #: What may follow the letters in a word when it is not open to the right.
    endings: frozenset[str]
    #: True: it may be found inside a compound.
    compounds: bool

    def fits_end(self, rest: str) -> bool:
        """Tell whether what follows the letters in a word is an ending this part may take."""
        return not rest or self.open_right or rest in self.endings


NONE: frozenset[str] = frozenset()
#: A lone star in a phrase.
GAP = None
Phrase = tuple[Part | None, ...]
#: Phrases that must all stand in the same sentence; mostly one.
Reading = tuple[Phrase, ...]


def read_pattern(pattern: str, language: str, loose: bool) -> tuple[Reading, ...]:
    """Return the readings of a pattern: every choice of its alternatives. Empty when it holds no word.

    Args:
        loose: False for words that must stand as they are written, without endings and outside compounds.
    """
    groups = [_alternatives(group, language, loose) for group in pattern.split(" + ")]
    return tuple(reading for reading in product(*groups) if all(reading))


def _alternatives(group: str, language: str, loose: bool) -> list[Phrase]:
    choices = [word.split("/") for word in group.split()]
    return [_phrase(words, language, loose) for words in product(*choices)]


def _phrase(words: tuple[str, ...], language: str, loose: bool) -> Phrase:
    parts = [GAP if word == "*" else _part(word, language, loose) for word in words]
    while parts and parts[0] is GAP:
        del parts[0]
    return tuple(parts)


def _part(word: str, language: str, loose: bool) -> Part:
    letters = "".join(letter for letter in normalise(word) if letter.isalnum())
    endings = ENDINGS.get(language, NONE) if loose and len(letters) >= INFLECTED_LETTERS else NONE
    prefixed = language in PREFIXING and not letters.isascii() and len(letters) > 3
    return Part(
        letters,
        word.startswith("*") or prefixed,
        word.endswith("*"),
        endings,
        loose and language in COMPOUNDING and len(letters) >= COMPOUND_LETTERS,
    )
