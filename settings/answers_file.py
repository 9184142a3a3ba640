"""answers.toml: the answer bank, what staff often write; the file may be missing."""

from typing import Self

from pydantic import Field, model_validator

from domain.ids import CategoryId, PhraseId
from domain.phrase import PLACEHOLDERS, Phrase, PhraseText, unknown_placeholders
from settings.fields import Id, Language, OneOrMany, Table, Text


class PhraseTable(Table):
    """A text that staff put into an answer."""

    title: Text
    categories: OneOrMany[Id] = ()
    texts: dict[Language, Text] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        for language, text in self.texts.items():
            unknown = unknown_placeholders(text)
            if unknown:
                known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
                raise ValueError(f"texts.{language}: {unknown[0]} is no placeholder: write {known}")
        return self

    def to_domain(self, id: str) -> Phrase:
        """Return the phrase."""
        return Phrase(
            id=PhraseId(id),
            title=self.title,
            categories=tuple(CategoryId(each) for each in self.categories),
            texts=tuple(PhraseText(language, text) for language, text in self.texts.items()),
        )


class AnswersFile(Table):
    """The whole of answers.toml, which may be missing."""

    phrases: dict[Id, PhraseTable] = Field(default_factory=dict)
