"""Letters: what the sample citizens write, read from sandbox/citizens/."""

import tomllib
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.errors import BadInput

#: The sample letters; their order is that of their names.
CITIZENS = Path(__file__).parent / "citizens"

_REQUIRED = {"to": str, "language": str, "kind": str, "text": str}
_OPTIONAL = {"subject": str, "from": str, "late": bool, "public": bool, "headers": dict, "attachments": list}


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that comes with a letter; the name may hold slots."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One sample letter with slots: $name, $street and $number differ every time it is sent."""

    #: The file's name, without its ending.
    id: str
    #: A mailbox; a number: then it is an SMS; or a page's id: then it is written at Facebook. Only a mail has a
    #: subject, headers or files.
    to: str
    #: ISO 639 code.
    language: str
    #: What it shows: report, question, complaint, danger, sensitive, autoreply …
    kind: str
    subject: str
    text: str
    #: Name and address when it is always the same sender; empty: a fresh citizen each time.
    sender: str = ""
    #: True: it reached the border server long before it reaches the mailbox.
    late: bool = False
    #: At Facebook, True: a comment for all to see.
    public: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    enclosures: tuple[Enclosure, ...] = ()

    @property
    def is_sms(self) -> bool:
        """Return whether it goes to a number."""
        return self.to.startswith("+")

    @property
    def is_at_page(self) -> bool:
        """Return whether it goes to a Facebook page."""
        return self.to.isdecimal()

    @property
    def is_mail(self) -> bool:
        """Return whether it goes to a mailbox."""
        return "@" in self.to


def read_letters(folder: Path = CITIZENS) -> tuple[Letter, ...]:
    """Return every letter of a folder in the order of the file names.

    Raises:
        BadInput: the folder holds no letters, or one has a key missing, unknown or of the wrong kind.
    """
    letters = tuple(_read(path) for path in sorted(folder.glob("*.toml")))
    if not letters:
        raise BadInput(f"{folder} holds no letters: expected files that end in .toml")
    return letters


def _read(path: Path) -> Letter:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path.name}: {error}") from error
    _check(path.name, table)
    return Letter(
        id=path.stem,
        to=table["to"],
        language=table["language"],
        kind=table["kind"],
        subject=table.get("subject", ""),
        text=table["text"],
        sender=table.get("from", ""),
        late=table.get("late", False),
        public=table.get("public", False),
        headers=table.get("headers", {}),
        enclosures=tuple(_enclosure(path.name, each) for each in table.get("attachments", [])),
    )


def _check(name: str, table: Mapping[str, Any]) -> None:
    known = _REQUIRED | _OPTIONAL
    for key in _REQUIRED:
        if key not in table:
            raise BadInput(f"{name}: {key} is missing")
    if ("subject" in table) is not ("@" in str(table["to"])):
        raise BadInput(f"{name}: a mail has a subject, an SMS has none, nor has what is written at a page")
    for key, value in table.items():
        if key not in known:
            raise BadInput(f"{name}: {key} is not a key of a letter; known: {', '.join(known)}")
        if not isinstance(value, known[key]):
            raise BadInput(f"{name}: {key} must be of the kind {known[key].__name__}")


def _enclosure(name: str, table: Mapping[str, str]) -> Enclosure:
    try:
        content = b64decode(table["base64"], validate=True)
        return Enclosure(name=table["name"], media_type=table["media_type"], content=content)
    except (KeyError, ValueError) as error:
        raise BadInput(f"{name}: an attachment needs name, media_type and base64 ({error})") from error
