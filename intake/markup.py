"""Markup: HTML made into text to read and classify, not to show.

Written for hostile mail: every expression and loop takes linear time, and nothing is nested. Tags that shape no text
are taken out first, all at once; the rest is walked through from left to right, and the output stops at its limit.
"""

import html
import re
from html.entities import html5

from intake.lines import Lines
from intake.marks import EARLIER, INTRODUCES, without_marks

#: What Outlook writes around one page of text is about 60 kB; pictures inside the markup are what makes it more.
MOST_MARKUP_CHARS = 1_000_000
MOST_TEXT_CHARS = 262_144
#: Tags that shape text. A mail of ten printed pages from Outlook has about 2,000; each costs a microsecond.
MOST_TAGS = 100_000
#: Beyond this a quotation is not shown deeper.
DEEPEST_QUOTE = 10
#: How much of a tag is looked at for what it says of quotations.
_LONGEST_ATTRIBUTES = 500

#: Elements that hold no text for a reader.
_SILENT = ("script", "style", "head", "title", "svg", "template", "object")
#: Elements that begin and end a line, with blank lines around them.
_SPACED = frozenset({"p", "ul", "ol", "dl", "table", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
_LINES = frozenset({"div", "tr", "li", "dt", "dd", "br", "center", "section", "article", "header", "footer", "address"})
_CELLS = frozenset({"td", "th"})
_SHAPING = "|".join(sorted(_SPACED | _LINES | _CELLS, key=len, reverse=True))

#: What stands between a tag's name and its end; possessive, because nothing can be gained by trying again.
_ATTRIBUTES = r"""(?:[\s/:](?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)?+"""
_ANY_ATTRIBUTES = r"(?:[\s/:][^<>]*+)?+"
_OTHER_TAG = re.compile(
    rf"</?(?!(?:{_SHAPING})[\s/>])[a-z][a-z0-9]*+(?:{_ATTRIBUTES}>|{_ANY_ATTRIBUTES}>)", re.IGNORECASE
)
_SHAPING_TAG = re.compile(rf"<(/?)({_SHAPING})(?:({_ATTRIBUTES})>|({_ANY_ATTRIBUTES})>)", re.IGNORECASE)
_DECLARATION = re.compile(r"<[!?][^<>]*+>")
#: What a cut leaves of a tag.
_HALF_TAG = re.compile(r"<[^<>]*+\Z")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_REFERENCE = re.compile(r"&(#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BLANK_LINES = re.compile(r"\n{3,}")
_RULE = "_" * 32

#: Paragraphs that Outlook sets without a space between them.
_DENSE = re.compile(r"\bmso(?:normal|plaintext|listparagraph|nospacing)", re.IGNORECASE)
#: Where a mail program says that it introduces a quotation.
_INTRODUCTION = re.compile(r"\b(?:gmail_attr|moz-cite-prefix|protonmail_quote_header)\b", re.IGNORECASE)
#: Where Outlook (on the web, on telephones, new; then the classic one) begins the earlier mail.
_EARLIER = re.compile(
    r"\bid\s*=\s*[\"']?(?:x_)*(?:divRplyFwdMsg|mail-editor-reference-message-container)\b"
    r"|border-top:\s*solid\s+#(?:E1E1E1|B5C4DF)\s+1\.0pt",
    re.IGNORECASE,
)


def text_from_markup(markup: str) -> tuple[str, str]:
    """Return the text of the HTML, with `marks`, and a defect in words (empty when all was well)."""
    defect = "the HTML was cut: too long" if len(markup) > MOST_MARKUP_CHARS else ""
    markup = _HALF_TAG.sub("", markup[:MOST_MARKUP_CHARS]) if defect else markup
    writer = _Writer(Lines(MOST_TEXT_CHARS))
    defect = writer.write(_shaped(without_marks(markup))) or defect
    text = _REFERENCE.sub(_character, writer.lines.text()).replace("\xa0", " ")
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", text).strip(), defect


def _character(reference: re.Match[str]) -> str:
    name = reference[1]
    return html.unescape(reference[0]) if name.startswith("#") else html5.get(f"{name};", reference[0])


def _shaped(markup: str) -> str:
    """Return the markup without comments, declarations, silent elements and tags that shape nothing."""
    markup = _without(markup, "<!--", "-->")
    for name in _SILENT:
        markup = _without_element(markup, name)
    return _OTHER_TAG.sub("", _DECLARATION.sub("", markup))


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
    opening = re.compile(rf"<{name}(?:\s[^<>]*+)?+>", re.IGNORECASE)
    closing = re.compile(rf"</{name}\s{{0,10}}>", re.IGNORECASE)
    pieces: list[str] = []
    position = 0
    while (start := opening.search(markup, position)) is not None:
        end = closing.search(markup, start.end())
        if not end:
            break
        pieces.append(markup[position : start.start()])
        position = end.end()
    return "".join((*pieces, markup[position:]))


class _Writer:
    """Writes text as the shaping tags say."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self._in_pre = False
        self._is_dense = False
        #: For every open div whether it introduces a quotation.
        self._divs: list[bool] = []

    def write(self, markup: str) -> str:
        """Write all of it, or as much as may be; return a defect in words (empty when it is all)."""
        position = 0
        for number, tag in enumerate(_SHAPING_TAG.finditer(markup)):
            if number == MOST_TAGS:
                self.lines.end()
                return "the HTML was cut: too many tags"
            if self.lines.full:
                break
            self._say(markup[position : tag.start()])
            self._shape(bool(tag[1]), tag[2].lower(), (tag[3] or tag[4] or "")[:_LONGEST_ATTRIBUTES])
            position = tag.end()
        self._say(markup[position:])
        self.lines.end()
        return "the text made from the HTML was cut: too long" if self.lines.full else ""

    def _say(self, text: str) -> None:
        if self._in_pre:
            first, *others = text.split("\n")
            self.lines.say(first)
            for other in others:
                self.lines.end(even_empty=True)
                self.lines.say(other)
        elif text:
            self.lines.say_flowing(_SPACES.sub(" ", text))

    def _shape(self, closes: bool, name: str, attributes: str) -> None:
        if name == "br":
            self.lines.end(even_empty=True)
        elif name in _CELLS:
            self.lines.say_flowing(" ")
        else:
            self.lines.end()
            if name == "p" and not closes:
                self._is_dense = _DENSE.search(attributes) is not None
            if name in _SPACED and not (name == "p" and self._is_dense):
                self.lines.leave_blank()
            self._enter(closes, name, attributes)

    def _enter(self, closes: bool, name: str, attributes: str) -> None:
        if name == "blockquote":
            self.lines.depth = max(0, self.lines.depth - 1) if closes else min(DEEPEST_QUOTE, self.lines.depth + 1)
        elif name == "pre":
            self._in_pre = not closes
        elif name == "hr" and not closes:
            self.lines.say(_RULE)
            self.lines.end()
            self.lines.leave_blank()
        elif name == "li" and not closes:
            self.lines.begin("* ")
        elif name == "div":
            self._divide(closes, attributes)

    def _divide(self, closes: bool, attributes: str) -> None:
        if closes:
            if self._divs and self._divs.pop():
                self.lines.mark = ""
            return
        introduces = bool(attributes) and _INTRODUCTION.search(attributes) is not None
        self._divs.append(introduces)
        if introduces:
            self.lines.mark = INTRODUCES
        elif attributes and _EARLIER.search(attributes):
            self.lines.begin(EARLIER)
