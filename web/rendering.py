"""Templates: one environment a language, autoescaped and strict."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from domain.phone import spoken_number
from web.words import Words, words_of

TEMPLATES = Path(__file__).parent.parent / "templates" / "pages"


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
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        words_of(language).translations, newstyle=True
    )
    return environment


def render_page(template: str, words: Words, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a template as an answer."""
    text = environment_of(words.language).get_template(template).render(words=words, **values)
    return HTMLResponse(text, status_code=status)
