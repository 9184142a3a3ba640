"""HTML text: a reply as a page of one heading and paragraphs, readable without styles, images or scripts.

Every language says its name and direction, so that a screen reader speaks it right (WCAG 2.1, 3.1.1 and 3.1.2).
"""

from collections.abc import Iterable
from typing import NamedTuple

from outbox.words import right_to_left

#: Only what makes lines short enough to read; a mail program that takes it out loses nothing.
_STYLE = "body{font:1em/1.5 sans-serif;max-width:38em;margin:1em}h1{font-size:1.3em}h2{font-size:1.1em}"


class Paragraph(NamedTuple):
    """One paragraph, escaped already, in its language."""

    html: str
    language: str
    #: The element around it.
    tag: str = "p"


def page(heading: str, paragraphs: Iterable[Paragraph], *, language: str) -> str:
    """Return the page.

    Args:
        heading: the subject, escaped already.
        paragraphs: in order.
        language: of the page and its heading.
    """
    lines = [
        "<!doctype html>",
        f'<html lang="{language}"{_direction(language)}>',
        '<meta charset="utf-8">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{heading}</title>",
        f"<style>{_STYLE}</style>",
        f"<h1>{heading}</h1>",
        *(f"<{each.tag}{_tongue(each.language, language)}>{each.html}</{each.tag}>" for each in paragraphs),
    ]
    return "\n".join(lines) + "\n"


def _tongue(language: str, around: str) -> str:
    """Return how a paragraph says its language, where it is another than the page's."""
    if language == around:
        return ""
    turns = right_to_left(language) != right_to_left(around)
    return f' lang="{language}"{_direction(language, always=turns)}'


def _direction(language: str, *, always: bool = False) -> str:
    if right_to_left(language):
        return ' dir="rtl"'
    return ' dir="ltr"' if always else ""
