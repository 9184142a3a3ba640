"""Words: a text made uniform and cut into words, with an index that knows no diacritics."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

#: How many words are remembered as they look when typed in a hurry.
REMEMBERED = 65_536

_WORD = re.compile(r"[^\W_]+")
#: What ends a sentence: a stop, or an empty line. A single line break may be mere wrapping.
_SENTENCE_END = re.compile(r"[!?;…؟።]|\.(?=\s)|\n\s*\n")
_CLAUSE_END = re.compile(r"[,:–—()\n]")

#: Arabic letters that are written in several ways, and marks that may be left out.
_ARABIC = str.maketrans("أإآٱىةکیێ", "ااااي" + "ه" + "كيي", "\u0640\u200c\u200d\u200e\u200f")
_ARABIC_SIGNS = re.compile("[\u0600-\u06ff\u200c-\u200f]")
_APOSTROPHES = re.compile("['’ʼ`´\u0307\u00ad]")
_MARKS = re.compile(r"[\u064b-\u065f\u0670]")
_LETTERS = str.maketrans({"ø": "o", "æ": "a", "ł": "l", "ı": "i", "đ": "d", "ß": "ss"})
_DIGRAPHS = re.compile(r"aa|ae|oe")
_DOUBLES = re.compile(r"(\w)\1+")
_TRIPLES = re.compile(r"(\w)\1\1+")


class Token(NamedTuple):
    """A word of a text."""

    text: str
    #: Its place among all letters when the words are written without spaces, so that split compounds can be joined.
    start: int
    #: The number of its sentence, and of its clause, in the whole text.
    sentence: int
    clause: int

    @property
    def end(self) -> int:
        """Where it ends, exclusive."""
        return self.start + len(self.text)


def normalise(text: str) -> str:
    """Return the text in NFC and lower case, with letters that are written in several ways made one.

    >>> normalise("ÖVERSVA\u0308MNING")
    'översvämning'
    """
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFC", text).casefold())
    if text.isascii():
        return text
    if _ARABIC_SIGNS.search(text):
        text = _MARKS.sub("", text.translate(_ARABIC))
    return _TRIPLES.sub(r"\1\1", text)


@lru_cache(maxsize=REMEMBERED)
def fold(word: str) -> str:
    """Return a normalised word without diacritics and doubled letters: how it looks when typed in a hurry.

    `aa`, `ae` and `oe` count as å, ä and ö written on another keyboard. Of Ethiopic syllables the consonant stays.

    >>> fold("snöröjning"), fold("snoerojning"), fold("gaata")
    ('snorojning', 'snorojning', 'gata')
    """
    plain = unicodedata.normalize("NFD", word.translate(_LETTERS))
    letters = plain
    if not plain.isascii():
        letters = "".join(_consonant(letter) for letter in plain if not unicodedata.combining(letter))
    return _DOUBLES.sub(r"\1", _DIGRAPHS.sub(lambda found: found.group()[0], letters))


def is_syllabic(word: str) -> bool:
    """Tell whether a word is written in Ethiopic syllables, whose vowels change with the grammar."""
    return "\u1200" <= word[:1] < "\u1360"


def _consonant(letter: str) -> str:
    code = ord(letter)
    return chr(code - code % 8) if is_syllabic(letter) else letter


def is_hurried(word: str) -> bool:
    """Tell whether a word may have lost its diacritics: when none of its letters is of the Swedish alphabet's end.

    >>> is_hurried("snorojning"), is_hurried("ägare")
    (True, False)
    """
    return word.isascii() or not any(letter in "åäöşžščćęą" for letter in word)


def cut(*texts: str) -> tuple[Token, ...]:
    """Cut texts into words; each text begins a new sentence. Hyphens and slashes part words.

    >>> [token.text for token in cut("P-bot!", "Var god hjälp")]
    ['p', 'bot', 'var', 'god', 'hjälp']
    """
    tokens: list[Token] = []
    start = sentence = clause = 0
    for text in texts:
        text = normalise(text)
        at = 0
        for found in _WORD.finditer(text):
            between = text[at : found.start()]
            if len(between) > 1 or between not in ("", " "):
                if _SENTENCE_END.search(between):
                    sentence += 1
                    clause += 1
                elif _CLAUSE_END.search(between):
                    clause += 1
            tokens.append(Token(found.group(), start, sentence, clause))
            start += found.end() - found.start()
            at = found.end()
        sentence += 1
        clause += 1
    return tuple(tokens)
