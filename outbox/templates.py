"""Templates: rendered strictly, in a sandbox, as plain text and as HTML."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from domain.errors import BadInput
from domain.reply_syntax import LINK

#: Where the texts lie that come with the product.
FOLDER = Path(__file__).parent.parent / "templates"


class _NoAttributes(ImmutableSandboxedEnvironment):
    """Slots are plain texts: a template may say them, and reach nothing behind them."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Refuse every attribute."""
        return False


def _link_in_text(words: str, url: str) -> str:
    return f"{words}: {url}"


def _link_in_html(words: str, url: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url, words)


def _environment(link: Callable[[str, str], str], *, autoescape: bool) -> _NoAttributes:
    made = _NoAttributes(
        undefined=jinja2.StrictUndefined,
        autoescape=autoescape,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.globals.clear()
    made.globals[LINK] = link
    return made


# Plain text: nothing is escaped, and nothing of a citizen's text is ever a value.
_TEXT = _environment(_link_in_text, autoescape=False)
_HTML = _environment(_link_in_html, autoescape=True)


def fill(source: str, values: Mapping[str, object], *, where: str, html: bool = False) -> str:
    """Return the source with its slots filled.

    Args:
        source: the template.
        values: texts of one line each: line breaks and other controls become spaces; or lists and mappings of such.
        where: names the template in a complaint.
        html: escape everything, what the template itself writes included, and write links as such.

    Raises:
        BadInput: it cannot be read, or a slot that it names is missing.
    """
    try:
        return _compiled(source, html).render({name: _clean(value) for name, value in values.items()})
    except jinja2.TemplateSyntaxError as error:
        raise BadInput(f"template {where}, line {error.lineno}: {error.message}") from error
    except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError) as error:
        raise BadInput(f"template {where}: {error}") from error


@lru_cache(maxsize=512)
def says_plainly(source: str, slot: str) -> bool:
    """Return whether a template says a slot just as it is, wherever it names it: it is no part of a condition or sum.

    >>> says_plainly("Ärende {{ number }}", "number"), says_plainly("{{ number[:2] }}", "number")
    (True, False)
    """
    tree = _TEXT.parse(source)
    if any(tree.find_all((nodes.FilterBlock, nodes.AssignBlock, nodes.Macro, nodes.CallBlock))):
        return False
    said = [each for output in tree.find_all(nodes.Output) for each in output.nodes if isinstance(each, nodes.Name)]
    named = [each for each in tree.find_all(nodes.Name) if each.name == slot]
    return len(named) == sum(each.name == slot for each in said)


@lru_cache(maxsize=512)
def named_in(source: str) -> frozenset[str] | None:
    """Return every name that stands in a template, slots among them; None: it cannot be read.

    >>> sorted(named_in("{{ number }} {% if closed %}…{% endif %}") or ())
    ['closed', 'number']
    """
    try:
        return frozenset(each.name for each in _TEXT.parse(source).find_all(nodes.Name))
    except jinja2.TemplateSyntaxError:
        return None


def _clean(value: object) -> object:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, Mapping):
        return {name: _clean(each) for name, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, Sequence) else value


def one_line(value: str) -> str:
    r"""Return a value that can break no line and no header.

    >>> one_line("Kontakt\r\nBcc: alla@example.se")
    'Kontakt Bcc: alla@example.se'
    """
    if not value.isprintable():
        value = "".join(each if each >= " " and each != "\x7f" else " " for each in value)
    return " ".join(value.split())


@lru_cache(maxsize=512)
def _compiled(source: str, html: bool) -> jinja2.Template:
    if not html:
        return _TEXT.from_string(source)
    tree = _HTML.parse(source)
    for written in tree.find_all(nodes.TemplateData):
        written.data = str(escape(written.data))
    return _HTML.from_string(tree)
