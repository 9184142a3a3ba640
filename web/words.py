"""The languages of the pages: Swedish is the source, the others are catalogues compiled at load."""

import gettext
import io
from functools import cache
from pathlib import Path

from babel.core import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE_FOLDER = Path(__file__).parent / "locale"

#: The catalogue's file name in each language's folder.
DOMAIN = "svarsvakt"

#: The language of the source strings.
SOURCE = "sv"

#: The languages a user may choose, in the order they are offered, with their own names.
LANGUAGES = {"sv": "Svenska", "fi": "Suomi", "en": "English"}


def mark(message: str) -> str:
    """Return the message itself: marks a string in a table for the catalogues, to be translated where it is shown."""
    return message


class Words:
    """The strings of one language, and how it writes names of languages."""

    def __init__(self, language: str, translations: gettext.NullTranslations) -> None:
        """Keep the language's code and its strings."""
        self.language = language
        self.translations = translations
        self.locale = Locale(language)

    def gettext(self, message: str) -> str:
        """Return the message in this language."""
        return self.translations.gettext(message)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Return the form that goes with the count."""
        return self.translations.ngettext(singular, plural, count)

    def language_name(self, code: str) -> str:
        """Return what a language is called, such as `finska`; its code when it has no name here."""
        return str(self.locale.languages.get(code, code))


@cache
def words_of(language: str) -> Words:
    """Return the strings of a language. Raises KeyError for one that is not offered."""
    if language not in LANGUAGES:
        raise KeyError(language)
    if language == SOURCE:
        return Words(language, gettext.NullTranslations())
    return Words(language, _compiled(catalogue_path(language)))


def catalogue_path(language: str) -> Path:
    """Return where a language's strings stand."""
    return LOCALE_FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def _compiled(path: Path) -> gettext.GNUTranslations:
    # Compiled in memory: a compiled catalogue in the repository would one day disagree with its source.
    with path.open("rb") as file:
        catalogue = read_po(file)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
