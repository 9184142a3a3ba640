"""Matching: find many patterns in a text in one pass over its words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from triage.patterns import GAP_WORDS, Part, Phrase, read_pattern
from triage.words import Token, fold, is_hurried, is_syllabic

#: How many words' lookups are remembered before they are forgotten all at once.
REMEMBERED_WORDS = 50_000
#: Folding makes short words too alike: only parts and words of this length are compared without diacritics.
FOLDED_LETTERS = 5
#: Ethiopic syllables are few: three make a word.
SYLLABLES = 3
#: How many places of a phrase are tried together with others: what is said twenty times has been said.
MOST_PLACES = 20
#: Inside a word a part is looked for from its third letter on: no Swedish word is shorter as first half.
INNER_FROM = 2


@dataclass(frozen=True, slots=True)
class Clue:
    """A pattern and what it speaks for."""

    #: What it speaks for: a category, a type, an urgency.
    about: str
    pattern: str
    language: str
    weight: float
    #: True: it speaks against.
    against: bool = False
    #: True: it must stand as it is written, without endings and outside compounds.
    strict: bool = False


class Found(NamedTuple):
    """A clue found in a text: words `first` to `last`, letters `start` to `end` of the text without spaces."""

    clue: Clue
    first: int
    last: int
    start: int
    end: int
    #: True: its parts stand apart in the sentence.
    apart: bool


class _Hit(NamedTuple):
    part: int
    start: int
    end: int


class _Place(NamedTuple):
    phrase: int
    first: int
    last: int
    start: int
    end: int


class Index:
    """Patterns made ready for looking up. Not to be changed once made; safe to share between threads."""

    def __init__(self, clues: Iterable[Clue]) -> None:
        """Compile the clues: a second for ten thousand."""
        self._parts: dict[Part, int] = {}
        self._part_list: list[Part] = []
        self._phrases: dict[tuple[int, ...], int] = {}
        self._phrase_list: list[tuple[int, ...]] = []
        #: Part → phrases that are looked at when it is found, with its place in them.
        self._anchors: list[list[tuple[int, int]]] = []
        #: Phrase → clues it fulfils alone, and clues it begins, with the groups that must be fulfilled beside it.
        self._alone: dict[int, list[Clue]] = {}
        self._together: dict[int, list[tuple[Clue, tuple[tuple[int, ...], ...]]]] = {}
        #: Phrases of clues with several groups.
        self._partners: set[int] = set()
        for clue in clues:
            self._add(clue)
        self._plain = _tables(self._part_list, folded=False)
        self._split = self._parts_often_split()
        self._beginnings = {letters[:end] for letters in self._split for end in range(1, len(letters) + 1)}
        self._folded = _tables(self._part_list, folded=True)
        self._remembered: dict[str, tuple[_Hit, ...]] = {}

    def find(self, tokens: tuple[Token, ...]) -> list[Found]:
        """Return every clue found, in the order of the text."""
        hits = [self._look_up(token.text) for token in tokens]
        found: list[Found] = []
        places: dict[int, list[_Place]] = {}
        for place in self._places(tokens, hits):
            found.extend(Found(clue, *place[1:], False) for clue in self._alone.get(place.phrase, ()))
            if place.phrase in self._partners and len(places.setdefault(place.phrase, [])) < MOST_PLACES:
                places[place.phrase].append(place)
        found.extend(self._join(tokens, places))
        return found

    def _add(self, clue: Clue) -> None:
        groups = [
            tuple(self._phrase(phrase) for phrase in group)
            for group in read_pattern(clue.pattern, clue.language, clue.strict)
        ]
        if len(groups) == 1:
            for phrase in groups[0]:
                self._alone.setdefault(phrase, []).append(clue)
        elif groups:
            for phrase in groups[0]:
                self._together.setdefault(phrase, []).append((clue, tuple(groups[1:])))
            self._partners.update(phrase for group in groups for phrase in group)

    def _phrase(self, phrase: Phrase) -> int:
        numbers = tuple(-1 if part is None else self._part(part) for part in phrase)
        if numbers not in self._phrases:
            number = self._phrases[numbers] = len(self._phrase_list)
            self._phrase_list.append(numbers)
            at = _anchor(phrase)
            self._anchors[numbers[at]].append((number, at))
        return self._phrases[numbers]

    def _part(self, part: Part) -> int:
        if part not in self._parts:
            self._parts[part] = len(self._part_list)
            self._part_list.append(part)
            self._anchors.append([])
        return self._parts[part]

    def _look_up(self, word: str) -> tuple[_Hit, ...]:
        """Return every part found in a word."""
        known = self._remembered.get(word)
        if known is not None:
            return known
        hits = _without_overlapped(self._scan(word, self._plain))
        if is_hurried(word) and not any(hit.end - hit.start >= FOLDED_LETTERS for hit in hits):
            hits += [_Hit(hit.part, hit.start, len(word)) for hit in self._scan(fold(word), self._folded)]
        if len(self._remembered) >= REMEMBERED_WORDS:
            self._remembered.clear()
        self._remembered[word] = tuple(hits)
        return self._remembered[word]

    def _scan(self, word: str, tables: tuple[dict[str, list[int]], dict[str, list[int]]]) -> list[_Hit]:
        heads, inner = tables
        length = len(word)
        hits: list[_Hit] = []
        for end in range(1, length + 1):
            for part in heads.get(word[:end], ()):
                if self._part_list[part].fits_end(word[end:]):
                    hits.append(_Hit(part, 0, end))
        for start in range(1, length - 2):
            for end in range(start + 3, length + 1):
                for part in inner.get(word[start:end], ()):
                    known = self._part_list[part]
                    if (known.open_left or start >= INNER_FROM) and known.fits_end(word[end:]):
                        hits.append(_Hit(part, start, end))
        return hits

    def _places(self, tokens: tuple[Token, ...], hits: list[tuple[_Hit, ...]]) -> Iterable[_Place]:
        """Yield where phrases stand."""
        for at, token in enumerate(tokens):
            for hit in hits[at]:
                for number, anchor in self._anchors[hit.part]:
                    phrase = self._phrase_list[number]
                    if len(phrase) == 1:
                        yield _Place(number, at, at, token.start + hit.start, token.start + hit.end)
                    else:
                        yield from _stretch(number, phrase, at - anchor, tokens, hits)
            yield from self._split_compounds(tokens, at)

    def _split_compounds(self, tokens: tuple[Token, ...], at: int) -> Iterable[_Place]:
        """Yield one-word phrases that somebody wrote as two or three words."""
        word = tokens[at].text
        for last in range(at + 1, min(at + 3, len(tokens))):
            if tokens[last].sentence != tokens[at].sentence:
                return
            before = len(word)
            word += tokens[last].text
            if word[before - 2 : before + 1] == 3 * word[before]:
                word = word[:before] + word[before + 1 :]
            # Most words that stand beside each other begin no part together, and no more with the next one.
            if word[: before + 1] not in self._beginnings:
                return
            for end in range(max(before + 1, COMPOUND_FROM), len(word) + 1):
                for part, numbers in self._split.get(word[:end], ()):
                    if self._part_list[part].fits_end(word[end:]):
                        for number in numbers:
                            yield _Place(number, at, last, tokens[at].start, tokens[at].start + end)

    def _parts_often_split(self) -> dict[str, list[tuple[int, list[int]]]]:
        """Return the parts that may be written as several words, by their letters, with their one-word phrases."""
        found: dict[str, list[tuple[int, list[int]]]] = {}
        for letters, parts in self._plain[0].items():
            for part in parts:
                alone = [number for number, _ in self._anchors[part] if len(self._phrase_list[number]) == 1]
                if alone and self._part_list[part].may_bend:
                    found.setdefault(letters, []).append((part, alone))
        return found

    def _join(self, tokens: tuple[Token, ...], places: dict[int, list[_Place]]) -> Iterable[Found]:
        """Yield clues whose phrases all stand in one sentence; those of strict clues also in two that follow."""
        for first, starts in places.items():
            for clue, groups in self._together.get(first, ()):
                rest = [[place for phrase in group for place in places.get(phrase, ())] for group in groups]
                if not all(rest):
                    continue
                for chosen in _combinations(tokens, starts, rest, reach=1 if clue.strict else 0):
                    firsts = [place.first for place in chosen]
                    lasts = [place.last for place in chosen]
                    yield Found(clue, min(firsts), max(lasts), chosen[0].start, chosen[0].end, True)


def _combinations(
    tokens: tuple[Token, ...], starts: list[_Place], rest: list[list[_Place]], reach: int
) -> Iterable[list[_Place]]:
    """Yield for each start the first places of the rest that lie near it and share no word with it or each other."""
    for start in starts:
        chosen = [start]
        for places in rest:
            near = next(
                (
                    place
                    for place in places
                    if abs(tokens[place.first].sentence - tokens[start.first].sentence) <= reach
                    and all(place.first > other.last or place.last < other.first for other in chosen)
                ),
                None,
            )
            if near is None:
                break
            chosen.append(near)
        else:
            yield chosen


#: A split compound has at least this many letters, so that "p bot" is one but "i an" is not.
COMPOUND_FROM = 4


def _tables(parts: list[Part], folded: bool) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Return the parts by their letters: those looked for from a word's beginning, and inside it."""
    heads: dict[str, list[int]] = {}
    inner: dict[str, list[int]] = {}
    for number, part in enumerate(parts):
        letters = fold(part.letters) if folded else part.letters
        if folded and not part.may_bend:
            continue
        if folded and len(letters) < (SYLLABLES if is_syllabic(letters) else FOLDED_LETTERS):
            continue
        heads.setdefault(letters, []).append(number)
        if part.open_left or part.compounds:
            inner.setdefault(letters, []).append(number)
    return heads, inner


def _without_overlapped(hits: list[_Hit]) -> list[_Hit]:
    """Drop what begins inside a part found from the word's beginning on: `klaga` in `överklaga`."""
    reach = max((hit.end for hit in hits if hit.start == 0), default=0)
    return [hit for hit in hits if hit.start == 0 or hit.start >= reach]


def _anchor(phrase: Phrase) -> int:
    """Return the place of the rarest part: the longest, or the first when there is a gap."""
    lengths = [len(part.letters) if part else 0 for part in phrase]
    return 0 if None in phrase else lengths.index(max(lengths))


def _stretch(
    number: int, phrase: tuple[int, ...], first: int, tokens: tuple[Token, ...], hits: list[tuple[_Hit, ...]]
) -> Iterable[_Place]:
    """Yield the phrase when it stands from word `first` on, within one sentence."""
    if first < 0:
        return
    sentence = tokens[first].sentence
    at = first
    gap = 0
    for part in phrase:
        if part < 0:
            gap = GAP_WORDS
            continue
        while True:
            if at >= len(tokens) or tokens[at].sentence != sentence:
                return
            if any(hit.part == part for hit in hits[at]):
                break
            if not gap:
                return
            gap -= 1
            at += 1
        gap = 0
        at += 1
    yield _Place(number, first, at - 1, tokens[first].start, tokens[at - 1].end)
