"""Alert page: an alert's own lines as HTML, so that both say the same."""

import re
from collections.abc import Iterator
from itertools import groupby

from markupsafe import Markup, escape

from outbox.html_text import Paragraph, page

_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,]")
_NAMED_LINK = re.compile(r"(?P<words>[^:]+): (?P<address>https?://[^\s<>\"]+[^\s<>\".,])")
_NUMBERED = re.compile(r"\d+\. ")
_HEADING = re.compile(r"[A-ZÅÄÖ][A-ZÅÄÖ ,]{3,}")


def alert_page(subject: str, body: str, language: str) -> str:
    """Return the page: a line in capitals is a heading, `1.` and `-` begin lists, an address is a link."""
    return page(str(escape(subject)), _blocks(body, language), language=language)


def _blocks(body: str, language: str) -> Iterator[Paragraph]:
    for block in re.split(r"\n\s*\n", body.strip()):
        for kind, lines in groupby(block.split("\n"), key=_kind):
            yield Paragraph(_marked(kind, list(lines)), language, tag=_TAGS.get(kind, "p"))


#: The element around the lines of a kind.
_TAGS = {"ol": "ol", "ul": "ul", "h2": "h2"}


def _kind(line: str) -> str:
    if _NUMBERED.match(line):
        return "ol"
    if line.startswith("- "):
        return "ul"
    return "h2" if _HEADING.fullmatch(line) else "p"


def _marked(kind: str, lines: list[str]) -> str:
    if kind == "p":
        return "<br>\n".join(_linked(line) for line in lines)
    if kind == "h2":
        return " ".join(_linked(line.capitalize()) for line in lines)
    return "\n".join(f"<li>{_linked(line.partition(' ')[2])}</li>" for line in lines)


def _linked(line: str) -> str:
    """Return a line with its links: one that ends in an address says its words in place of it."""
    named = _NAMED_LINK.fullmatch(line)
    if named is not None:
        return str(Markup('<a href="{}">{}</a>').format(named["address"], named["words"]))
    parts, at = [], 0
    for found in _LINK.finditer(line):
        parts += [escape(line[at : found.start()]), Markup('<a href="{0}">{0}</a>').format(found[0])]
        at = found.end()
    return str(Markup("").join((*parts, escape(line[at:]))))
