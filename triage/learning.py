"""Learning: what each word, and each piece of a word, speaks for, counted in the settings' words and examples.

A complement naive Bayes scorer: a piece speaks for a category by how much rarer it would be if that category were left
out. It is counted, not searched for, so that it is made anew from the settings whenever they change, and every score is
a sum over words that a person can be shown.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log, sqrt
from typing import NamedTuple

from triage.words import Token, fold

#: What is counted for every piece beside what was seen, so that a piece seen once does not decide alone.
SMOOTHING = 1.0
#: Pieces of a word have so many letters; the ends of a word are letters too.
PIECES = (3, 5)
#: Who knows few categories finds one of them in everything: nothing is told by what was learned of fewer.
FEWEST_CATEGORIES = 3
#: How much a difference between two scores says: the likelihood of a category is e to its score times this.
SHARPNESS = 6.0
#: A text of fewer known words says less: each likelihood counts by the share of this many words.
ENOUGH_WORDS = 5
#: How many words' evidence is remembered before it is forgotten all at once.
REMEMBERED_WORDS = 50_000


class Taught(NamedTuple):
    """The words of a text that is known to be about a category."""

    about: str
    words: tuple[str, ...]
    #: How much it counts against other texts.
    weight: float


class _Evidence(NamedTuple):
    #: What the word adds to the score of each category.
    shares: Mapping[str, float]
    #: How much there is to the word, as a sum over its pieces and as a sum of squares.
    amount: float
    square: float


@dataclass(frozen=True, slots=True)
class Learned:
    """How likely each category is by what was learned, and the words that say so.

    The likelihoods are shares of one, or of less for a text of few words.
    """

    likelihood: Mapping[str, float]
    evidence: Mapping[str, Mapping[str, float]]

    def lead(self, about: str) -> float:
        """Return the share of the word that speaks most for a category in all that speaks for it; 1.0 if none does."""
        whole = most = 0.0
        for shares in self.evidence.values():
            share = shares.get(about, 0.0)
            whole += share
            if share > most:
                most = share
        return most / whole if whole else 1.0

    def words(self, about: str, most: int) -> list[tuple[str, float]]:
        """Return the words that speak most for a category, each with its share of all that speaks for it."""
        shares = {word: shares[about] for word, shares in self.evidence.items() if about in shares}
        whole = sum(shares.values())
        ranked = sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(word, share / whole) for word, share in ranked[:most]]


NOTHING = Learned({}, {})


class Scorer:
    """What was learned from texts. Not to be changed once made; safe to share between threads."""

    def __init__(self, texts: Iterable[Taught]) -> None:
        """Count the texts: two seconds for twenty thousand."""
        texts = tuple(texts)
        seen, spread = _count(texts)
        self._rarity = {
            piece: 1.0 + log((1 + len(texts)) / (1 + min(times, len(texts)))) for piece, times in spread.items()
        }
        self._shares: dict[str, dict[str, float]] = {}
        totals: dict[str, float] = defaultdict(float)
        for piece, counts in seen.items():
            rarity = self._rarity[piece]
            whole = SMOOTHING + rarity * sum(counts.values())
            self._shares[piece] = {about: log(whole / (whole - rarity * count)) for about, count in counts.items()}
            for about, count in counts.items():
                totals[about] += rarity * count
        everything = SMOOTHING * len(seen) + sum(totals.values())
        sizes = {about: log(everything - total) for about, total in totals.items()}
        mean = sum(sizes.values()) / max(1, len(sizes))
        #: A category with many words would otherwise be found everywhere.
        self._balance = {about: size - mean for about, size in sizes.items()}
        self._remembered: dict[str, _Evidence] = {}

    def score(self, tokens: tuple[Token, ...]) -> Learned:
        """Return what the distinct words and pairs of words of a text speak for."""
        distinct = dict.fromkeys(learnable(token.text for token in tokens))
        evidence = {word: known for word in distinct if (known := self._look_up(word)).square}
        if not evidence or len(self._balance) < FEWEST_CATEGORIES:
            return NOTHING
        length = sqrt(sum(each.square for each in evidence.values()))
        amount = sum(each.amount for each in evidence.values())
        scores = {about: amount * balance for about, balance in self._balance.items()}
        for each in evidence.values():
            for about, share in each.shares.items():
                scores[about] += share
        best = max(scores.values())
        raw = {about: exp(SHARPNESS * (score - best) / length) for about, score in scores.items()}
        words = sum(1 for word in evidence if " " not in word)
        whole = sum(raw.values()) * max(1.0, ENOUGH_WORDS / max(1, words))
        return Learned(
            {about: value / whole for about, value in raw.items()},
            {word: each.shares for word, each in evidence.items()},
        )

    def _look_up(self, word: str) -> _Evidence:
        known = self._remembered.get(word)
        if known is not None:
            return known
        shares: dict[str, float] = defaultdict(float)
        amount = square = 0.0
        for piece in pieces(word):
            rarity = self._rarity.get(piece)
            if rarity is None:
                continue
            amount += rarity
            square += rarity * rarity
            for about, share in self._shares[piece].items():
                shares[about] += rarity * share
        if len(self._remembered) >= REMEMBERED_WORDS:
            self._remembered.clear()
        self._remembered[word] = _Evidence(dict(shares), amount, square)
        return self._remembered[word]


def learnable(words: Iterable[str]) -> list[str]:
    """Return words, without diacritics and doubled letters, and pairs of words that follow on each other.

    Numbers are left out: a house number says nothing of the next house.

    >>> learnable(["när", "kommer", "bussen"])
    ['nar', 'komer', 'busen', 'nar komer', 'komer busen']
    """
    folded = [fold(word) for word in words if not word.isdecimal()]
    return folded + [f"{first} {second}" for first, second in pairwise(folded)]


def pieces(word: str) -> list[str]:
    """Return a word whole and in pieces; a pair of words only whole.

    >>> pieces("gata"), pieces("min gata")
    (['=gata', '_gat', 'gata', 'ata_', '_gata', 'gata_'], ['=min gata'])
    """
    whole = f"={word}"
    if " " in word:
        return [whole]
    ends = f"_{word}_"
    return [whole] + [ends[at : at + size] for size in PIECES for at in range(max(1, len(ends) - size + 1))]


def _count(texts: Iterable[Taught]) -> tuple[dict[str, dict[str, float]], Counter[str]]:
    """Return the weight of each piece by category, and in how many texts it stands."""
    by_word: dict[str, dict[str, float]] = {}
    times: Counter[str] = Counter()
    of_word: dict[str, list[str]] = {}
    for text in texts:
        distinct = dict.fromkeys(text.words)
        for word in distinct:
            if word not in of_word:
                of_word[word] = pieces(word)
        times.update(distinct.keys())
        share = text.weight / sqrt(sum(len(of_word[word]) for word in distinct) or 1.0)
        for word in distinct:
            known = by_word.setdefault(word, {})
            known[text.about] = known.get(text.about, 0.0) + share
    seen: dict[str, dict[str, float]] = {}
    spread: Counter[str] = Counter()
    for word, counts in by_word.items():
        for piece in of_word[word]:
            spread[piece] += times[word]
            known = seen.setdefault(piece, {})
            for about, count in counts.items():
                known[about] = known.get(about, 0.0) + count
    return seen, spread
