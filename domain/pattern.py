"""Patterns of rules: words as people write them, and regular expressions that cannot hang (RE2)."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

import re2

from domain.errors import BadInput

#: Of a text no more than this is searched. RE2's time grows with the text and never by leaps: the worst pattern that
#: is let through takes a third of a second for this many characters, an ordinary one some microseconds.
MOST_CHARACTERS = 10_000

#: What one pattern may take; a larger one is refused.
_PATTERN_BYTES = 1024 * 1024
#: What the patterns of many rules may take together, see `any_of`.
_UNION_BYTES = 16 * 1024 * 1024

_LETTER = r"[\pL\pN]"
_NOT_LETTER = r"[^\pL\pN]"
_SPACE = r"[\s\p{Zs}]+"

#: A shorter word means another without its diacritics: "får" is not "far", "råd" is not "rad".
_FOLDED_LETTERS = 5
_HURRIED = {"å": "a", "ä": "a", "ö": "o", "é": "e", "Å": "a", "Ä": "a", "Ö": "o"}

#: What RE2 says, and what to do about it.
_SENTENCES = (
    ("invalid perl operator", "looks ahead or behind, which RE2 cannot do: write what must stand there"),
    ("invalid escape sequence", "holds an escape that RE2 does not know, such as a back-reference \\1"),
    ("repetition size", "repeats more than 1,000 times: say + or *"),
    ("too large", "is too large: write fewer or smaller repetitions"),
    ("missing )", "lacks a closing )"),
    ("unexpected )", "has a ) too many"),
    ("missing ]", "lacks a closing ]"),
    ("no argument for repetition", "repeats nothing: write \\ before *, + or ? that stand for themselves"),
    ("trailing \\", "ends in \\"),
    ("bad repetition operator", "repeats a repetition: use one of *, + and ?"),
    ("invalid character class range", "has a range in [ ] whose end comes before its start"),
)


class Found(Protocol):
    """Where a pattern was found."""

    def group(self, number: int = ...) -> str:
        """Return the text of a group; 0: all of it."""
        ...


class Pattern(Protocol):
    """A compiled pattern."""

    def search(self, text: str) -> Found | None:
        """Return where it is first found in the text."""
        ...


def check_pattern(pattern: str) -> None:
    """Try a regular expression out.

    Raises:
        BadInput: RE2 cannot do it; the sentence says why.
    """
    try:
        _compiled(pattern, _PATTERN_BYTES)
    except re2.error as error:
        said = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        why = next((sentence for start, sentence in _SENTENCES if start in said), f"cannot be used: {said}")
        raise BadInput(f"{pattern!r} {why}") from None


def find_pattern(pattern: str, text: str) -> str | None:
    """Return what a regular expression finds in the text, case aside; None: nothing."""
    found = _compiled(pattern, _PATTERN_BYTES).search(text)
    return found.group() if found else None


def find_word(words: tuple[str, ...], text: str) -> str | None:
    """Return the first of the words that stands in the text, as it stands there; None: none does.

    >>> find_word(("snöröj*", "hål i vägen"), "Ett HÅL  i vägen!")
    'HÅL  i vägen'
    >>> find_word(("översvämning*",), "Oversvamning i kallaren")
    'Oversvamning'
    >>> find_word(("brand",), "Brandskydd")
    """
    found = _compiled(words_pattern(words), _UNION_BYTES).search(text)
    return found.group(1) if found else None


def fits(wildcards: tuple[str, ...], text: str) -> bool:
    """Ask whether the whole text is as one of these says, case aside; `*` stands for anything.

    >>> fits(("*.pdf", "image/*"), "Ritning.PDF")
    True
    """
    return _compiled(_wildcards_pattern(wildcards), _UNION_BYTES).search(text[:MOST_CHARACTERS]) is not None


@lru_cache(maxsize=4096)
def words_pattern(words: tuple[str, ...]) -> str:
    """Return the regular expression that finds any of the words, whole; `*` stands for any letters or none."""
    choices = "|".join(_SPACE.join(_word(part) for part in word.split()) for word in words)
    return f"(?:^|{_NOT_LETTER})({choices})(?:{_NOT_LETTER}|$)"


def stem_pattern(word: str) -> str:
    """Return a regular expression that finds something wherever the word stands: its longest piece, as it is written.

    It knows no letters and no spaces, and so stays small where many words are looked for at once.
    """
    return _letters(max(word.replace("*", " ").split(), key=len))


def any_of(patterns: Iterable[str]) -> str | None:
    """Return one regular expression that finds something where any of these does; None: too large together."""
    union = "|".join(f"(?:{pattern})" for pattern in patterns)
    try:
        _compiled(union, _UNION_BYTES)
    except re2.error:
        return None
    return union


def finds_any(union: str, text: str) -> bool:
    """Ask whether what `any_of` returned finds something."""
    return _compiled(union, _UNION_BYTES).search(text) is not None


@lru_cache(maxsize=4096)
def _wildcards_pattern(wildcards: tuple[str, ...]) -> str:
    choices = "|".join(".*".join(re2.escape(piece) for piece in each.split("*")) for each in wildcards)
    return f"(?s)^(?:{choices})$"


def _word(part: str) -> str:
    return f"{_LETTER}*".join(_letters(piece) for piece in part.split("*"))


def _letters(piece: str) -> str:
    """Return a piece of a word as an expression; a long one may have lost its diacritics: `oversvamning`."""
    escaped: str = re2.escape(piece)
    if len(piece) < _FOLDED_LETTERS:
        return escaped
    for letter, plain in _HURRIED.items():
        escaped = escaped.replace(letter, f"[{letter}{plain}]")
    return escaped


@lru_cache(maxsize=8192)
def _compiled(pattern: str, most_bytes: int) -> Pattern:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = most_bytes
    compiled: Pattern = re2.compile(pattern, options)
    return compiled
