"""Every string of the pages exists in every language."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import web
from domain.failed_step import FAILED_STEPS, UNKNOWN_STEP
from web.rendering import TEMPLATES
from web.words import LANGUAGES, SOURCE, catalogue_path, words_of

Id = str | tuple[str, ...]

KEYWORDS = {"gettext": None, "_": None, "ngettext": (1, 2), "mark": None}
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{n\}")
OTHERS = [language for language in LANGUAGES if language != SOURCE]


def used() -> set[Id]:
    """Return every string that the templates and the modules mark, and what the domain says in Swedish."""
    modules = Path(web.__file__).parent
    found = [
        *extract_from_dir(
            TEMPLATES, [("**.html", "jinja2.ext:babel_extract")], {"**.html": {"trimmed": "true"}}, KEYWORDS
        ),
        *extract_from_dir(modules, [("**.py", "python")], keywords=KEYWORDS),
    ]
    return {message for _, _, message, _, _ in found} | {*FAILED_STEPS.values(), UNKNOWN_STEP}


def translated(language: str) -> Iterator[tuple[Id, tuple[str, ...]]]:
    """Yield every string of a catalogue with its forms."""
    with catalogue_path(language).open("rb") as file:
        for message in read_po(file):
            if message.id:
                yield message.id, (message.string,) if isinstance(message.string, str) else tuple(message.string)


@pytest.mark.parametrize("language", OTHERS)
def test_no_string_is_missing(language: str) -> None:
    strings = {id for id, forms in translated(language) if all(forms)}

    assert used() - strings == set()


@pytest.mark.parametrize("language", OTHERS)
def test_no_string_is_left_over(language: str) -> None:
    strings = {id for id, _ in translated(language)}

    assert strings - used() == set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_string_keeps_its_placeholders(language: str) -> None:
    def placeholders(text: str) -> set[str]:
        return set(PLACEHOLDER.findall(text))

    wrong = [
        id
        for id, forms in translated(language)
        for form in forms
        if placeholders(form) != placeholders(id if isinstance(id, str) else id[-1])
    ]

    assert wrong == []


def test_strings_are_found_at_all() -> None:
    assert {"Kön", "Löfte", "försenat %(span)s", ("%(n)s dag", "%(n)s dagar")} <= used()


def test_a_language_that_is_not_offered_is_refused() -> None:
    with pytest.raises(KeyError):
        words_of("xx")


def test_languages_are_called_by_their_names() -> None:
    assert [words_of(language).language_name("fi") for language in LANGUAGES] == ["finska", "suomi", "Finnish"]
    assert words_of("sv").language_name("x-unknown") == "x-unknown"
