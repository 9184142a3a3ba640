"""Markup: HTML made into text to read and classify, not to show.

html2text and the parser beneath it take quadratic time on tags and comments that never close, and write a prefix for
every level of nesting. So the markup is evened out first, in linear time, and the output is stopped at its limit.
"""

import html
import re

from html2text import HTML2Text

#: What Outlook writes around one page of text is about 60 kB; pictures inside the markup are what makes it more.
MOST_MARKUP_CHARS = 1_000_000
MOST_TEXT_CHARS = 262_144

#: Elements that hold no text for a reader.
_SILENT = ("script", "style", "head", "title", "svg", "template", "object")
#: Elements that part one line from the next; all others only cost time.
_SHAPING = frozenset({"p", "div", "br", "hr", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "blockquote", "pre"})
#: Headings would get the marks of Markdown.
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})(?:[\s/:][^<>]{0,20000})?>")
#: What a cut leaves of a tag.
_HALF_TAG = re.compile(r"<[^<>]{0,20000}\Z")
#: An ampersand that begins no reference, or a number that no character has.
_BARE_AMPERSAND = re.compile(r"&(?!#\d{1,8};|#[xX][0-9a-fA-F]{1,8};|[a-zA-Z][a-zA-Z0-9]{1,31};)")
_DECLARATION = re.compile(r"<[!?][^<>]{0,1000}>")
_BLOCK = re.compile(r"</?(?:p|div|br|tr|li|h[1-6]|table|ul|ol|blockquote|hr|pre)>", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")


class _Full(Exception):
    """The text has reached its limit."""


class _Writer(HTML2Text):
    """html2text without links, pictures, emphasis and Markdown's backslashes, with a limit."""

    def __init__(self) -> None:
        super().__init__(bodywidth=0)
        self.ignore_links = self.ignore_images = self.ignore_emphasis = self.ignore_tables = True
        self.unicode_snob = True
        self._pieces: list[str] = []
        self._room = MOST_TEXT_CHARS

    def handle_data(self, data: str, entity_char: bool = False) -> None:
        """Take text as it is: escaping it for Markdown would change it, and takes quadratic time on blank lines."""
        super().handle_data(data, True)

    def outtextf(self, s: str) -> None:
        """Keep a piece of the output.

        Raises:
            _Full: there is no room for it.
        """
        self._pieces.append(s[: self._room])
        self._room -= len(s)
        if self._room < 0:
            raise _Full
        if s:
            self.lastWasNL = s[-1] == "\n"

    def written(self) -> str:
        """Return what has been kept."""
        return "".join(self._pieces).replace("&nbsp_place_holder;", " ")


def text_from_markup(markup: str) -> tuple[str, str]:
    """Return the text of the HTML, and a defect in words (empty when all was well)."""
    defect = "the HTML was cut: too long" if len(markup) > MOST_MARKUP_CHARS else ""
    even = _even(_HALF_TAG.sub("", markup[:MOST_MARKUP_CHARS]) if defect else markup)
    try:
        text, whole = _written(even)
    except (ValueError, IndexError, KeyError, AssertionError, RecursionError):
        text, whole = _stripped(even), True
        defect = "the HTML is malformed: its tags were taken out"
    lines = (line.replace("\xa0", " ").rstrip() for line in text.split("\n"))
    text = _BLANK_LINES.sub("\n\n", "\n".join("_" * 32 if line == "* * *" else line for line in lines))
    return text.strip(), defect if whole else "the text made from the HTML was cut: too long"


def _even(markup: str) -> str:
    """Return markup with bare tags only: no comments, attributes, declarations or silent elements."""
    markup = _without(markup, "<!--", "-->")
    for name in _SILENT:
        markup = _without_element(markup, name)
    markup = _BARE_AMPERSAND.sub("&amp;", _DECLARATION.sub("", markup))
    pieces: list[str] = []
    position = 0
    for tag in _TAG.finditer(markup):
        pieces.append(markup[position : tag.start()].replace("<", "&lt;"))
        pieces.append(_bare(tag[1], tag[2].lower()))
        position = tag.end()
    pieces.append(markup[position:].replace("<", "&lt;"))
    return "".join(pieces)


def _bare(slash: str, name: str) -> str:
    """Return the tag without its attributes if it shapes the text; cells of a table are kept apart by a space."""
    if name in ("td", "th"):
        return " " if slash else ""
    if name in _HEADINGS:
        name = "p"
    return f"<{slash}{name}>" if name in _SHAPING else ""


def _without(markup: str, opening: str, closing: str) -> str:
    pieces: list[str] = []
    position = 0
    while (start := markup.find(opening, position)) >= 0:
        end = markup.find(closing, start + len(opening))
        if end < 0:
            break
        pieces.append(markup[position:start])
        position = end + len(closing)
    return "".join((*pieces, markup[position:]))


def _without_element(markup: str, name: str) -> str:
    """Return the markup without every such element; one that is not closed loses its tag only."""
    opening = re.compile(rf"<{name}\b[^<>]{{0,20000}}>", re.IGNORECASE)
    closing = re.compile(rf"</{name}\s{{0,10}}>", re.IGNORECASE)
    pieces: list[str] = []
    position = 0
    while (start := opening.search(markup, position)) is not None:
        end = closing.search(markup, start.end())
        pieces.append(markup[position : start.start()])
        position = end.end() if end else start.end()
        if not end:
            break
    return opening.sub("", "".join((*pieces, markup[position:])))


def _written(even: str) -> tuple[str, bool]:
    """Return the text, and whether it is the whole."""
    writer = _Writer()
    try:
        writer.handle(even)
    except _Full:
        return writer.written(), False
    return writer.written(), True


def _stripped(even: str) -> str:
    return html.unescape(_TAG.sub("", _BLOCK.sub("\n", even)))
