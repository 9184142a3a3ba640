"""Marks: where a text has what somebody asked for, and a stretch of it around the first. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from domain.search import LONGEST_QUESTION, LONGEST_WORD, NUMBER, Question, Way, fold, numbers_of

#: Characters of a text that are read in one go for the first that was asked for.
_STRETCH = 2000

_INSIDE = r"[^\W_]"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, and whether it was asked for."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """A question as it is looked for in texts: made once, for a page asks it of hundreds."""

    question: Question
    #: Words that must be there somewhere, which is asked quickly, and how they stand in a row.
    ways: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]
    #: What a word may have anywhere.
    parts: tuple[str, ...]
    has_number: bool

    def pieces_of(self, text: str) -> tuple[Piece, ...]:
        """Return the text cut where words that were asked for begin and end; together the pieces are the text."""
        text = unicodedata.normalize("NFC", text)
        pieces: list[Piece] = []
        last = 0
        for start, end in self._spans(text):
            if start > last:
                pieces.append(Piece(text[last:start], found=False))
            pieces.append(Piece(text[max(start, last) : end], found=True))
            last = end
        return (*pieces, Piece(text[last:], found=False)) if last < len(text) else tuple(pieces)

    def excerpt_of(self, text: str, length: int = 180) -> str:
        """Return about `length` characters of a text around the first word that was asked for, on one line."""
        line = " ".join(unicodedata.normalize("NFC", text).split())
        first = self._first_at(line) or 0
        start = max(0, min(first - length // 3, len(line) - length))
        start = line.find(" ", start - 1) + 1 if start else 0
        cut = line[start : start + length]
        if start + length < len(line):
            cut = cut.rpartition(" ")[0] or cut
        return ("… " if start else "") + cut + (" …" if start + len(cut) < len(line) else "")

    def is_in(self, text: str) -> bool:
        """Ask whether a text has anything that was asked for."""
        return self._first_at(unicodedata.normalize("NFC", text)) is not None

    def _first_at(self, text: str) -> int | None:
        """Return where the first that was asked for stands; of a long text no more is read than up to there."""
        for start in range(0, len(text), _STRETCH):
            # A stretch begins between words, and goes on for what begins in it and ends in the next.
            begin = text.rfind(" ", 0, start) + 1 if start else 0
            spans = self._spans(text[begin : start + _STRETCH + LONGEST_QUESTION])
            if spans:
                return begin + spans[0][0]
        return None

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Return where what was asked for stands: in order, none within another."""
        folded = text.translate(_FOLDED)
        marked = self._spans_in_folded(folded)
        if marked and len(folded) != len(text):
            places = [place for place, letter in enumerate(text) for _ in letter.translate(_FOLDED)]
            marked = {(places[start], places[end - 1] + 1) for start, end in marked}
        if self.has_number:
            marked |= {match.span() for match in NUMBER.finditer(text) if _is_asked(match[0], self.question)}
        return _apart(sorted(marked, key=lambda span: (span[0], -span[1]))) if marked else []

    def _spans_in_folded(self, folded: str) -> set[tuple[int, int]]:
        """Return where something stands, in any order."""
        found: set[tuple[int, int]] = set()
        for words, pattern in self.ways:
            for word in words:
                if word not in folded:
                    break
            else:
                found |= {match.span() for match in pattern.finditer(folded)}
        for part in self.parts:
            if part in folded:
                found |= set(_words_with(part, folded))
        return found


def marks_of(question: Question) -> Marks:
    """Return a question as it is looked for in texts."""
    ways = [way for term in question.terms for way in term.ways if way.words]
    return Marks(
        question=question,
        ways=tuple((words, _pattern(words, way.starts)) for way, words in zip(ways, map(_words, ways), strict=True)),
        parts=tuple(_of_one_form(term.part) for term in question.terms if term.part and " " not in term.part),
        has_number=any(way.words[0].isdecimal() for way in ways),
    )


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _is_asked(written: str, question: Question) -> bool:
    numbers = list(numbers_of(written))
    return any(way.is_at(numbers, 0) for term in question.terms for way in term.ways)


def _words(way: Way) -> tuple[str, ...]:
    return tuple(_of_one_form(word) for word in way.words)


def _pattern(words: tuple[str, ...], starts: bool) -> re.Pattern[str]:
    """Return how words stand in a row; of a word of the greatest length the rest was left out."""
    each = [re.escape(word) + f"{_INSIDE}*" * (len(word) == LONGEST_WORD) for word in words]
    end = f"{_INSIDE}*" if starts else f"(?!{_INSIDE})"
    return re.compile(f"(?<!{_INSIDE})" + r"[\W_]+".join(each) + end)


def _words_with(part: str, folded: str) -> Iterator[tuple[int, int]]:
    """Yield where the words stand that have a part somewhere."""
    at = folded.find(part)
    while at >= 0:
        start, end = at, at + len(part)
        while start and _is_inside(folded[start - 1]):
            start -= 1
        while end < len(folded) and _is_inside(folded[end]):
            end += 1
        yield start, end
        at = folded.find(part, end)


def _is_inside(letter: str) -> bool:
    return letter.isalnum()


def _of_one_form(word: str) -> str:
    """Return a word with the one letter as it stands within words that is written otherwise at their end."""
    return word.replace("ς", "σ")


class _Folding(dict[int, str]):
    """How letters are compared, each learned when it is first seen."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = _of_one_form(fold(letter) or letter) if letter.isalnum() else letter
        return self[code]


_FOLDED = _Folding()
