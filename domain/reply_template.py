"""Reply templates: a text for citizens with who approved it, and what may stand in it (domain.md 7).

A template is one file: between two lines `+++` the head in TOML, then the text.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from domain.account import Channel
from domain.category import SelfService

#: What a file of a template is called in its channel's folder, such as `receipt.sv.txt`.
FILE_NAME = re.compile(r"(?P<name>[a-z][a-z0-9_]{0,47})\.(?P<language>[a-z]{2,3})\.txt")

#: The line before and after the head.
FENCE = "+++"

_HEAD_KEYS = ("status", "by", "on")


class Approval(StrEnum):
    """Whether a text may be sent."""

    #: To be read by somebody who has the language as their own; sent in the demo only.
    draft = "draft"
    approved = "approved"


class ReplyName(StrEnum):
    """The texts that come with the product; a site may add its own."""

    receipt = "receipt"
    #: Names the next opening.
    receipt_closed = "receipt_closed"
    #: The account is dormant or closed: where to write instead (R53).
    dormant = "dormant"
    #: Names neither unit nor category.
    receipt_sensitive = "receipt_sensitive"
    records_request = "records_request"
    #: Danger to life: 112 first.
    urgent = "urgent"
    #: Somebody else than the municipality may be responsible: where to turn.
    not_ours = "not_ours"
    #: It takes longer than we said: the unit, the handler, a new time.
    holding = "holding"
    #: After an outage, sent by a person to a chosen set of tickets.
    delay = "delay"
    #: Two fixed lines in a language that has no whole text; in an SMS one sentence.
    lines = "lines"
    #: The same for danger to life.
    urgent_lines = "urgent_lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A value that a template may say. None of them ever holds anything of the citizen's text."""

    meaning: str
    example: str
    #: True: it may be empty, and the template asks with `{% if … %}`.
    optional: bool = False


#: Every slot that there is. Those that end in `_at` are instants, given in ISO 8601 and said as people say them.
SLOTS = {
    "number": Slot(meaning="the ticket's number", example="26-01234"),
    "organisation": Slot(meaning="the organisation's name", example="Exempelby kommun"),
    "sms_name": Slot(meaning="the organisation's name, short enough for an SMS", example="Exempelby kommun"),
    "unit": Slot(meaning="the unit that the account belongs to, or that has the ticket", example="Kontaktcenter"),
    "contact": Slot(meaning="how to reach a person", example="08-465 004 00"),
    "privacy_url": Slot(
        meaning="the page on personal data", example="https://www.exempelby.example/personuppgifter"
    ),
    "arrived_at": Slot(meaning="when the message arrived", example="2026-11-24T08:12:00+00:00"),
    "answer_at": Slot(meaning="the latest time for the answer", example="2026-11-25T15:30:00+00:00"),
    "instead": Slot(
        meaning="where to write instead of an account out of use", example="gata@exempelby.example", optional=True
    ),
    "opens_at": Slot(meaning="the next opening", example="2026-11-25T06:30:00+00:00"),
    "closed": Slot(meaning="not empty while the account is closed", example="yes", optional=True),
    "on_call": Slot(meaning="who is reached outside office hours", example="08-465 004 90", optional=True),
    "hint": Slot(meaning="what is worth adding", example="Skriv gärna fastighetens beteckning.", optional=True),
    "link_words": Slot(meaning="what the self-service link says", example="Ansök om bygglov", optional=True),
    "link_url": Slot(
        meaning="where the self-service link leads", example="https://www.exempelby.example/bygglov", optional=True
    ),
    "complaint_url": Slot(
        meaning="where one complains", example="https://www.exempelby.example/synpunkt", optional=True
    ),
    "handler": Slot(meaning="the name of whoever has the ticket", example="Noel Hedbacke", optional=True),
}  # fmt: skip


def self_service_slots(services: Iterable[SelfService]) -> dict[str, str]:
    """Return what a category says of itself as slots, each for its own language, such as `hint.fi`."""
    return {
        f"{name}.{each.language}": value
        for each in services
        for name, value in (("hint", each.hint), ("link_words", each.words), ("link_url", each.url))
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFault:
    """Something wrong in a template: where, what, and what to do about it."""

    #: As one names the file in the site folder.
    file: str
    line: int
    wrong: str
    do: str

    def __str__(self) -> str:
        """Return the fault as one sentence."""
        return f"{self.file} line {self.line}: {self.wrong}: {self.do}."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTemplate:
    """One text for one channel in one language, as its file holds it."""

    channel: Channel
    name: str
    #: ISO 639 code.
    language: str
    #: The whole file.
    source: str

    @property
    def file(self) -> str:
        """Return where it lies, below the site folder or ours."""
        return f"templates/replies/{self.channel}/{self.name}.{self.language}.txt"

    @property
    def version(self) -> str:
        """Return what names the content: the first 16 hex digits of its SHA-256."""
        return _version(self.source)

    @property
    def head(self) -> "Head":
        """Return who approved it. Raises ValueError when the head cannot be read: ask `head_faults` first."""
        return _head(self.source)

    @property
    def text(self) -> str:
        """Return what is rendered: the file with its head as empty lines, so that line numbers are the file's."""
        return _split(self.source)[1]


@dataclass(frozen=True, slots=True)
class Head:
    """Who wrote or approved a text, and when it was last read through."""

    status: Approval
    #: A role, not a person.
    by: str
    on: date


def head_faults(template: ReplyTemplate) -> tuple[TextFault, ...]:
    """Return what is wrong with the head of a template."""
    try:
        _head(template.source)
    except ValueError as error:
        wrong, line = str(error), getattr(error, "lineno", 1)
        do = 'begin the file with +++, status = "draft" or "approved", by = "ROLE", on = YEAR-MONTH-DAY, +++'
        return (TextFault(file=template.file, line=line, wrong=wrong, do=do),)
    return ()


@lru_cache(maxsize=512)
def _version(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:16]


@lru_cache(maxsize=512)
def _split(source: str) -> tuple[str, str]:
    """Return the head and the text; an empty head when there is none."""
    lines = source.replace("\r\n", "\n").split("\n")
    if lines[0].strip() != FENCE:
        return "", source
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() == FENCE:
            return "\n".join(lines[1:number]), "\n" * (number + 1) + "\n".join(lines[number + 1 :])
    return "", source


@lru_cache(maxsize=512)
def _head(source: str) -> Head:
    written, _ = _split(source)
    if not written:
        raise ValueError("the text has no head that says whether it is approved")
    try:
        head: dict[str, Any] = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"the head is not TOML ({error})") from error
    for key in _HEAD_KEYS:
        if key not in head:
            raise ValueError(f"the head does not say `{key}`")
    for key in head:
        if key not in _HEAD_KEYS:
            raise ValueError(f"`{key}` is nothing that a head says")
    if head["status"] not in list(Approval):
        raise ValueError(f"status = {head['status']!r} is neither draft nor approved")
    if not isinstance(head["by"], str) or not head["by"].strip():
        raise ValueError("`by` names no role")
    if not isinstance(head["on"], date) or isinstance(head["on"], datetime):
        raise ValueError("`on` is no date")
    return Head(Approval(head["status"]), head["by"].strip(), head["on"])
