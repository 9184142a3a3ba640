"""HTML text: a reply as a page of one heading and paragraphs, readable without styles, images or scripts.

Every language says its name and direction, so that a screen reader speaks it right (WCAG 2.1, 3.1.1 and 3.1.2).
"""

from collections.abc import Iterable
from typing import NamedTuple

from outbox.words import right_to_left

#: Only what makes lines short enough to read; a mail program that takes it out loses nothing.
_STYLE = "body{font:1em/1.5 sans-serif;max-width:38em;margin:1em}"


class Paragraph(NamedTuple):
    """One paragraph, escaped already, in its language."""

    html: str
    language: str


def page(heading: str, paragraphs: Iterable[Paragraph], *, language: str) -> str:
    """Return the page.

    Args:
        heading: the subject, escaped already.
        paragraphs: in order.
        language: of the page and its heading.
    """
    lines = [
        "<!doctype html>",
        f"<html{_tongue(language)}>",
        '<meta charset="utf-8">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{heading}</title>",
        f"<style>{_STYLE}</style>",
        f"<h1>{heading}</h1>",
        *(f"<p{_tongue(each.language) if each.language != language else ''}>{each.html}</p>" for each in paragraphs),
    ]
    return "\n".join(lines) + "\n"


def _tongue(language: str) -> str:
    return f' lang="{language}" dir="{"rtl" if right_to_left(language) else "ltr"}"'
