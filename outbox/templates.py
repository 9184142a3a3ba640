"""Templates: found by name and language, rendered strictly, in a sandbox."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.errors import BadInput
from outbox.words import PATTERNS, say_instant, say_past

FOLDER = Path(__file__).parent.parent / "templates"

#: The template's own language is used when it exists in none of the reader's; Swedish texts end with a line in
#: Finnish and one in English (domain.md 7.5).
FALLBACK = "sv"

SUBJECT = "Subject: "

#: Instants that have been when the text is read.
PAST = frozenset({"arrived_at", "closed_at"})

_NAME = re.compile(r"[a-z]+/[a-z0-9_]+")


class _NoAttributes(ImmutableSandboxedEnvironment):
    """Slots are plain texts: a template may say them, and reach nothing behind them."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Refuse every attribute."""
        return False


# Plain text: nothing is escaped, and nothing of a citizen's text is ever a value.
_environment = _NoAttributes(
    undefined=jinja2.StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=False,
)
_environment.globals.clear()


@dataclass(frozen=True, slots=True)
class Text:
    """A rendered template."""

    subject: str
    body: str
    language: str
    #: Names the template's content.
    version: str


def render_text(name: str, language: str, slots: Mapping[str, str]) -> Text:
    """Fill a template such as `replies/receipt`.

    Slots whose name ends in `_at` are ISO 8601 instants and are said in the template's language.

    Raises:
        BadInput: no such template, one that cannot be read, or a slot that it names is missing.
    """
    language = language if _exists(name, language) else FALLBACK
    template, version = _read(name, language)
    try:
        filled = template.render(_spoken(slots, language))
    except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError) as error:
        raise BadInput(f"template {name}.{language}: {error}") from error
    subject, _, body = filled.partition("\n")
    return Text(subject.removeprefix(SUBJECT).strip(), body.strip() + "\n", language, version)


def _spoken(slots: Mapping[str, str], language: str) -> dict[str, str]:
    spoken = language if language in PATTERNS else FALLBACK
    return {name: _say(name, value, spoken) if name.endswith("_at") else value for name, value in slots.items()}


def _say(name: str, value: str, language: str) -> str:
    say = say_past if name in PAST else say_instant
    return say(datetime.fromisoformat(value), language)


def _exists(name: str, language: str) -> bool:
    return _NAME.fullmatch(name) is not None and _path(name, language).exists()


def _path(name: str, language: str) -> Path:
    return FOLDER / f"{name}.{language}.txt"


@lru_cache(maxsize=256)
def _read(name: str, language: str) -> tuple[jinja2.Template, str]:
    if not _exists(name, language):
        raise BadInput(f"there is no template {name}.{language}: look in {FOLDER.name}/")
    source = _path(name, language).read_text(encoding="utf-8")
    try:
        template = _environment.from_string(source)
    except jinja2.TemplateSyntaxError as error:
        raise BadInput(f"template {name}.{language}, line {error.lineno}: {error.message}") from error
    return template, hashlib.sha256(source.encode()).hexdigest()[:16]
