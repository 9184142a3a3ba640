"""Phrases (*svarsbank*): what staff often write, chosen by category and language. Pure functions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from domain.ids import CategoryId, PhraseId

#: What stands in braces in a phrase, and what it becomes.
PLACEHOLDERS = {
    "number": "the ticket's number, such as 26-01234",
    "name": "the name of who wrote",
    "unit": "the unit that has the ticket",
    "organisation": "the organisation",
    "contact": "how the organisation is reached",
    "answer_at": "when the answer is due, in words; empty: no time is promised",
}

_PLACEHOLDER = re.compile(r"\{(\w*)\}")

#: What a text is written in when it exists in no other language.
FALLBACK = "sv"


@dataclass(frozen=True, slots=True)
class PhraseText:
    """A phrase in one language."""

    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A text that staff put into an answer and go on writing from."""

    id: PhraseId
    #: What staff choose it by.
    title: str
    #: Empty: it is offered whatever the ticket is about.
    categories: tuple[CategoryId, ...] = ()
    texts: tuple[PhraseText, ...]

    def in_language(self, language: str) -> PhraseText:
        """Return the text in a language, else in Swedish, else in the first that there is."""
        by_language = {each.language: each for each in self.texts}
        return by_language.get(language) or by_language.get(FALLBACK) or self.texts[0]


def phrases_for(phrases: tuple[Phrase, ...], category: CategoryId) -> tuple[Phrase, ...]:
    """Return what is offered for a category: its own first, then what suits all, each in the order of the settings."""
    own = [each for each in phrases if category in each.categories]
    return (*own, *(each for each in phrases if not each.categories))


def unknown_placeholders(text: str) -> tuple[str, ...]:
    """Return what stands in braces and is no placeholder, in order; a brace without its fellow too.

    >>> unknown_placeholders("Ärende {number} till {namn}")
    ('{namn}',)
    """
    wrong = [f"{{{each}}}" for each in _PLACEHOLDER.findall(text) if each not in PLACEHOLDERS]
    rest = _PLACEHOLDER.sub("", text)
    return (*wrong, *(brace for brace in "{}" if brace in rest))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders filled in; what has no value is left out.

    >>> filled("Ärende {number}, {unit}", {"number": "26-00001", "unit": "Gata och park"})
    'Ärende 26-00001, Gata och park'
    """
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)
