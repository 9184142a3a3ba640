"""Signals: the words and examples of a set of categories, made ready for reading messages."""

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from domain.category import Category, CategoryKind
from triage import errand_type, urgency
from triage.learning import Scorer, Taught, learnable
from triage.matching import Clue, Index
from triage.words import cut

#: Sets of categories whose compiled words are kept.
KEPT = 8
#: What a word of the settings teaches, by its weight there, beside an example's one.
WORD_SHARE = {3.0: 0.5, 2.0: 0.4, 1.0: 0.25}

_SIGNS = re.compile(r"[*+/]")
#: Parts a pattern into groups that must stand in one sentence.
_TOGETHER = " + "

_compiled: OrderedDict[int, tuple[tuple[Category, ...], "Signals"]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Signals:
    """The words of a set of categories, made ready."""

    index: Index
    scorer: Scorer
    by_id: dict[str, Category]

    def is_safety(self, id: str) -> bool:
        """True: the category is about danger, concern or a threat."""
        return self.by_id[id].kind is CategoryKind.safety


def signals(categories: tuple[Category, ...]) -> Signals:
    """Return the compiled words; made once for each tuple, known by identity because hashing it costs as much."""
    known = _compiled.get(id(categories))
    if known is not None:
        return known[1]
    clues = [clue for category in categories for clue in _clues(category)]
    moves = [clue for category in categories for clue in urgency.clues(category)]
    made = Signals(
        index=Index([*clues, *moves, *errand_type.clues()]),
        scorer=Scorer(text for category in categories for text in _taught(category)),
        by_id={category.id: category for category in categories},
    )
    _compiled[id(categories)] = (categories, made)
    while len(_compiled) > KEPT:
        _compiled.popitem(last=False)
    return made


def _clues(category: Category) -> list[Clue]:
    strict = category.kind is CategoryKind.safety
    return [
        Clue(category.id, word.pattern, word.language, word.weight, against, strict)
        for words, against in ((category.words, False), (category.not_words, True))
        for word in words
    ]


def _taught(category: Category) -> Iterator[Taught]:
    """Yield the texts that a category is learned from: its words without their signs, and its examples.

    A danger is told by common words that stand together (`barn* + ensam*`): alone they speak of nothing, and teach
    nothing.
    """
    safety = category.kind is CategoryKind.safety
    for word in category.words:
        if safety and _TOGETHER in word.pattern:
            continue
        yield Taught(category.id, _learnable(_SIGNS.sub(" ", word.pattern)), WORD_SHARE.get(word.weight, 0.25))
    for example in category.examples:
        yield Taught(category.id, _learnable(example.text), 1.0)


def _learnable(text: str) -> tuple[str, ...]:
    return tuple(learnable(token.text for token in cut(text)))
