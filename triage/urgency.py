"""Urgency and secrecy: the category's own, moved by what the message says. Source: domain.md 6.2, columns U and S."""

from collections.abc import Iterable

from domain.category import Category, Secrecy, Urgency
from triage.matching import Clue

#: In order: to go through an enumeration costs more than what is asked of each level.
_URGENCIES = tuple(Urgency)
_SECRECIES = tuple(Secrecy)


def clues(category: Category) -> list[Clue]:
    """Return the words that move the urgency or the secrecy of a category, as clues that speak for a level."""
    return [
        Clue(_about(category, level), word.pattern, word.language, word.weight)
        for moves in (category.urgency_words, category.secrecy_words)
        for level, word in moves
    ]


def urgency(category: Category, seen: frozenset[str]) -> Urgency:
    """Return the urgency of an errand: the most urgent level that its words call for, else the category's own.

    Args:
        category: what the message is about.
        seen: what the clues that were found speak for.
    """
    return next((level for level in _URGENCIES if _about(category, level) in seen), category.urgency)


def secrecy(categories: Iterable[Category], seen: frozenset[str]) -> Secrecy:
    """Return the secrecy of a message: the highest that any of its errands calls for."""
    return max(
        max((level for level in _SECRECIES if _about(category, level) in seen), default=category.secrecy)
        for category in categories
    )


def _about(category: Category, level: Urgency | Secrecy) -> str:
    return f"{level}:{category.id}"
