"""categories.toml: what a message can be about, and the words that say so."""

from typing import Self

from pydantic import Field, model_validator

from domain.category import Category, CategoryKind, Example, Secrecy, SelfService, Urgency, Word
from domain.ids import CategoryId, UnitId
from settings.fields import Https, Id, Language, Table, Text

#: What a word of each strength adds to its category's score.
WEIGHTS = {"strong": 3.0, "plain": 2.0, "weak": 1.0}


class WordsTable(Table):
    """The words of one language, by strength."""

    strong: tuple[Text, ...] = ()
    plain: tuple[Text, ...] = ()
    weak: tuple[Text, ...] = ()

    def to_words(self, language: str) -> tuple[Word, ...]:
        """Return the words with their weights, the strong ones first."""
        return tuple(
            Word(pattern, language, weight)
            for strength, weight in WEIGHTS.items()
            for pattern in getattr(self, strength)
        )


class SelfServiceTable(Table):
    """What an automatic reply says of a category beside the time, in one language."""

    hint: str = ""
    words: str = ""
    url: Https = ""

    @model_validator(mode="after")
    def _link_is_whole(self) -> Self:
        if bool(self.words) != bool(self.url):
            raise ValueError("a link has words and url: give both, or neither")
        return self

    def to_domain(self, language: str) -> SelfService:
        """Return it with its language."""
        return SelfService(language=language, hint=self.hint.strip(), words=self.words.strip(), url=self.url)


class CategoryTable(Table):
    """One errand category, handling class or safety class."""

    name: Text
    kind: CategoryKind = CategoryKind.errand
    unit: Id
    urgency: Urgency = Urgency.U2
    secrecy: Secrecy = Secrecy.SK0
    words: dict[Language, WordsTable] = Field(default_factory=dict)
    not_words: dict[Language, tuple[Text, ...]] = Field(default_factory=dict)
    urgency_words: dict[Urgency, dict[Language, tuple[Text, ...]]] = Field(default_factory=dict)
    secrecy_words: dict[Secrecy, dict[Language, tuple[Text, ...]]] = Field(default_factory=dict)
    self_service: dict[Language, SelfServiceTable] = Field(default_factory=dict)
    examples: dict[Language, tuple[Text, ...]] = Field(default_factory=dict)

    def to_domain(self, id: str) -> Category:
        """Return the category."""
        return Category(
            id=CategoryId(id),
            name=self.name,
            kind=self.kind,
            unit=UnitId(self.unit),
            urgency=self.urgency,
            secrecy=self.secrecy,
            words=tuple(word for language, table in self.words.items() for word in table.to_words(language)),
            not_words=_plain(self.not_words),
            urgency_words=tuple((to, word) for to, words in self.urgency_words.items() for word in _plain(words)),
            secrecy_words=tuple((to, word) for to, words in self.secrecy_words.items() for word in _plain(words)),
            self_service=tuple(table.to_domain(language) for language, table in self.self_service.items()),
            examples=tuple(Example(text, language) for language, texts in self.examples.items() for text in texts),
        )


def _plain(words: dict[str, tuple[str, ...]]) -> tuple[Word, ...]:
    return tuple(Word(pattern, language) for language, patterns in words.items() for pattern in patterns)


class CategoriesFile(Table):
    """The whole of categories.toml."""

    categories: dict[Id, CategoryTable]

    def to_domain(self) -> tuple[Category, ...]:
        """Return the categories in the order of the file."""
        return tuple(table.to_domain(id) for id, table in self.categories.items())
