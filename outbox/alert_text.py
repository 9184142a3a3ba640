"""Alert text: what a manager is told, in Swedish, in which managers work (domain.md 7.7)."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from domain.errors import BadInput
from domain.reply_syntax import SUBJECT
from domain.sms_text import plain_for_sms
from outbox.alert_html import alert_page
from outbox.reply_text import Text
from outbox.templates import FOLDER, fill
from outbox.words import is_past, say, say_day

LANGUAGE = "sv"

#: What stands around a text that is written to somebody: these slots of it are named.
READER = "manager"
OPENING, CLOSING = "layouts/opening", "layouts/closing"

_NAME = re.compile(r"(?:layouts/)?[a-z0-9_]+(?:\.sms)?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A filled template: its subject, and the rest."""

    subject: str
    body: str


def write_alert(name: str, slots: Mapping[str, str]) -> Text:
    """Return an alert as it is sent: as text, and as a page of the same words.

    Slots whose name ends in `_at` are ISO 8601 instants, those in `_on` dates. A text with the slot `manager` is
    written to somebody: it opens with their name and closes with whom to ask.

    Raises:
        BadInput: there is no such template, or a slot that it names is missing.
    """
    piece = write_piece(name, slots)
    if READER not in slots:
        return as_text(piece, name)
    return as_letter(piece, slots, name)


def write_alert_sms(name: str, slots: Mapping[str, str]) -> Text:
    """Return an alert as it is sent by SMS. Raises BadInput as `write_alert`."""
    template = f"{name}.sms"
    body = plain_for_sms(write_piece(template, slots).body)
    return Text(subject="", body=body, html="", languages=(LANGUAGE,), version=_version(template), is_draft=False)


def write_piece(name: str, slots: Mapping[str, object]) -> Piece:
    """Return a template filled. Raises BadInput as `write_alert`."""
    said = {slot: say_slot(slot, value) if isinstance(value, str) else value for slot, value in slots.items()}
    filled = fill(_source(name), said, where=f"alerts/{name}.{LANGUAGE}").strip()
    subject, _, body = filled.partition("\n")
    if not subject.startswith(SUBJECT):
        return Piece("", filled)
    return Piece(subject.removeprefix(SUBJECT).strip(), body.strip())


def as_letter(piece: Piece, slots: Mapping[str, str], *names: str) -> Text:
    """Return a piece with its opening and its closing; `names`: the templates it was made of."""
    ends = {"link": "", "next_level": "", "rises_on": "", **slots}
    opening, closing = write_piece(OPENING, ends).body, write_piece(CLOSING, ends).body
    return as_text(Piece(piece.subject, "\n\n".join((opening, piece.body, closing))), *names, OPENING, CLOSING)


def as_text(piece: Piece, *names: str) -> Text:
    """Return a piece as it is sent."""
    body = re.sub(r"\n{3,}", "\n\n", piece.body) + "\n"
    return Text(
        subject=piece.subject,
        body=body,
        html=alert_page(piece.subject, body, LANGUAGE),
        languages=(LANGUAGE,),
        version=_version(*names),
        is_draft=False,
    )


def say_slot(slot: str, value: str) -> str:
    """Return a slot's value as a reader understands it."""
    if slot.endswith("_at"):
        return say(datetime.fromisoformat(value), LANGUAGE, past=is_past(slot))
    return say_day(date.fromisoformat(value), LANGUAGE) if slot.endswith("_on") and value else value


def _version(*names: str) -> str:
    return hashlib.sha256("\n".join(_source(name) for name in names).encode()).hexdigest()[:16]


def _source(name: str) -> str:
    path = FOLDER / "alerts" / f"{name}.{LANGUAGE}.txt"
    if not _NAME.fullmatch(name) or not path.exists():
        raise BadInput(f"there is no template alerts/{name}.{LANGUAGE}: look in {FOLDER.name}/")
    return path.read_text(encoding="utf-8")
