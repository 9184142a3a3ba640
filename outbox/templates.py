"""Templates: found by name and language, rendered strictly, in a sandbox."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.errors import BadInput
from outbox.words import PATTERNS, say_instant

FOLDER = Path(__file__).parent.parent / "templates"

#: The template's own language is used when it exists in none of the reader's; Swedish texts end with a line in
#: Finnish and one in English (domain.md 7.5).
FALLBACK = "sv"

SUBJECT = "Subject: "

# Plain text: nothing is escaped, and nothing of a citizen's text is ever a value.
_environment = ImmutableSandboxedEnvironment(
    undefined=jinja2.StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=False,
)


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
        BadInput: no such template, or a slot that it names is missing.
    """
    language = language if _path(name, language).exists() else FALLBACK
    template, version = _read(_path(name, language))
    try:
        filled = template.render(_spoken(slots, language))
    except jinja2.UndefinedError as error:
        raise BadInput(f"template {name}.{language}: {error.message}") from error
    subject, _, body = filled.partition("\n")
    return Text(subject.removeprefix(SUBJECT).strip(), body.strip() + "\n", language, version)


def _spoken(slots: Mapping[str, str], language: str) -> dict[str, str]:
    spoken = language if language in PATTERNS else FALLBACK
    return {
        name: say_instant(datetime.fromisoformat(value), spoken) if name.endswith("_at") else value
        for name, value in slots.items()
    }


def _path(name: str, language: str) -> Path:
    return FOLDER / f"{name}.{language}.txt"


@lru_cache(maxsize=256)
def _read(path: Path) -> tuple[jinja2.Template, str]:
    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(f"there is no template {path.stem}: look in {FOLDER.name}/") from None
    return _environment.from_string(source), hashlib.sha256(source.encode()).hexdigest()[:16]
