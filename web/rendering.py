"""Templates: one environment a language, autoescaped and strict."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from domain.phone import spoken_number
from domain.search_marks import Piece
from web.words import Words, words_of

TEMPLATES = Path(__file__).parent.parent / "templates" / "pages"

_MARKED = "<mark>%s</mark>"


@cache
def environment_of(language: str) -> Environment:
    """Return the templates with the strings of a language."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["spoken"] = spoken_number
    environment.filters["marked"] = marked
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        words_of(language).translations, newstyle=True
    )
    return environment


def marked(pieces: Sequence[Piece]) -> Markup:
    """Return a text in which what was searched for stands out: by itself, because a page has hundreds of them."""
    if len(pieces) == 1 and not pieces[0].found:
        return escape(pieces[0].text)
    # Each piece is escaped.
    return Markup("".join(_MARKED % escape(each.text) if each.found else escape(each.text) for each in pieces))  # noqa: S704


def render_page(template: str, words: Words, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a template as an answer."""
    text = environment_of(words.language).get_template(template).render(words=words, **values)
    return HTMLResponse(text, status_code=status)
