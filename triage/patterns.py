"""Patterns: how a word of the settings is read. Source: domain.md 6.1.

    bygglov*            any ending; `*lov` any beginning, `*lov*` anywhere in a word
    hål i vägen/gatan   words that follow on each other, with alternatives
    gas * luktar        a lone star: up to four words between
    barn* + skrik*      both in the same sentence, in any order
    barn* + slår | får stryk    phrases of which one is enough

A word without a star also matches with the endings of its language, and the head of a compound matches in any compound.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from triage.words import is_syllabic, normalise

#: How many words a lone star may stand for.
GAP_WORDS = 4
#: A shorter word is not looked for inside others: "råd" is not in "område".
COMPOUND_LETTERS = 5

#: A shorter word takes no endings: "sva" is not in "svar".
INFLECTED_LETTERS = 4

#: A word that must stand as written may still be split or lose its diacritics when it is this long.
STRICT_LETTERS = 7

#: Languages that write small words together with the next: "the" and "and" in Arabic letters.
PREFIXING = frozenset({"ar", "fa", "ku"})
#: How many words and phrases are remembered while lists are read: many patterns share them.
REMEMBERED = 65_536

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
    #: True: it must stand as it is written, also in its spaces and diacritics when it is short.
    strict: bool

    def fits_end(self, rest: str) -> bool:
        """Tell whether what follows the letters in a word is an ending this part may take."""
        return not rest or self.open_right or rest in self.endings

    @property
    def may_bend(self) -> bool:
        """True: it may be written in two words, or without diacritics."""
        return not self.strict or len(self.letters) >= STRICT_LETTERS or is_syllabic(self.letters)


NONE: frozenset[str] = frozenset()
#: A lone star in a phrase.
GAP = None
Phrase = tuple[Part | None, ...]
#: What a pattern asks for: of every group one phrase, all in the same sentence. Mostly one group.
Groups = tuple[tuple[Phrase, ...], ...]


def read_pattern(pattern: str, language: str, strict: bool) -> Groups:
    """Return the groups of a pattern, with every choice of its alternatives. Empty when a group holds no word.

    Args:
        pattern: as in the settings.
        language: of the pattern; decides which endings and compounds it is found in.
        strict: True for words that must stand as they are written, without endings and outside compounds.
    """
    groups = tuple(_alternatives(group, language, strict) for group in pattern.split(" + "))
    return groups if all(groups) else ()


def _alternatives(group: str, language: str, strict: bool) -> tuple[Phrase, ...]:
    phrases = (
        _phrase(words, language, strict)
        for written in group.split(" | ")
        for words in product(*(word.split("/") for word in written.split()))
    )
    return tuple(phrase for phrase in phrases if any(part is not GAP and part.letters for part in phrase))


@lru_cache(maxsize=REMEMBERED)
def _phrase(words: tuple[str, ...], language: str, strict: bool) -> Phrase:
    parts = [GAP if word == "*" else _part(word, language, strict) for word in words]
    while parts and parts[0] is GAP:
        del parts[0]
    return tuple(parts)


@lru_cache(maxsize=REMEMBERED)
def _part(word: str, language: str, strict: bool) -> Part:
    letters = "".join(letter for letter in normalise(word) if letter.isalnum())
    endings = ENDINGS.get(language, NONE) if not strict and len(letters) >= INFLECTED_LETTERS else NONE
    prefixed = language in PREFIXING and not letters.isascii() and len(letters) > 3
    return Part(
        letters,
        word.startswith("*") or prefixed,
        word.endswith("*"),
        endings,
        not strict and language in COMPOUNDING and len(letters) >= COMPOUND_LETTERS,
        strict,
    )
