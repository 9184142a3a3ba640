"""Alert text: what a manager is told, in Swedish, in which managers work (domain.md 7.7)."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from domain.errors import BadInput
from domain.reply_syntax import SUBJECT
from outbox.reply_text import Text
from outbox.templates import FOLDER, fill
from outbox.words import is_past, say

LANGUAGE = "sv"

_NAME = re.compile(r"[a-z0-9_]+")


def write_alert(name: str, slots: Mapping[str, str]) -> Text:
    """Return an alert as it is sent; slots whose name ends in `_at` are ISO 8601 instants.

    Raises:
        BadInput: there is no such template, or a slot that it names is missing.
    """
    source = _source(name)
    said = {slot: _say(slot, value) if slot.endswith("_at") else value for slot, value in slots.items()}
    subject, _, body = fill(source, said, where=f"alerts/{name}.{LANGUAGE}").partition("\n")
    return Text(
        subject=subject.removeprefix(SUBJECT).strip(),
        body=body.strip() + "\n",
        html="",
        languages=(LANGUAGE,),
        version=hashlib.sha256(source.encode()).hexdigest()[:16],
        is_draft=False,
    )


def _source(name: str) -> str:
    path = FOLDER / "alerts" / f"{name}.{LANGUAGE}.txt"
    if not _NAME.fullmatch(name) or not path.exists():
        raise BadInput(f"there is no template alerts/{name}.{LANGUAGE}: look in {FOLDER.name}/")
    return path.read_text(encoding="utf-8")


def _say(slot: str, value: str) -> str:
    return say(datetime.fromisoformat(value), LANGUAGE, past=is_past(slot))
