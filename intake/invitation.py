"""Invitations: what a calendar object says of itself. Source: RFC 5545 3.1 and 3.8, RFC 5546 3.2."""

import re
from dataclasses import dataclass

from domain.message import AttachmentKind
from intake.characters import one_line, storable
from intake.charsets import decode

#: The first event of a calendar is below this; Outlook repeats the text of the mail in it.
MOST_CALENDAR_BYTES = 65_536
LONGEST_TITLE = 300
LONGEST_DESCRIPTION = 20_000

_FOLD = re.compile(r"\r?\n[ \t]")
_PROPERTY = re.compile(
    r"^(METHOD|SUMMARY|DESCRIPTION|LOCATION)(?:;[^:\"\n]{0,200}+(?:\"[^\"\n]{0,500}+\"[^:\"\n]{0,200}+){0,10}+)?:(.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_ESCAPED = re.compile(r"\\([\\;,nN])")
_METHODS = {
    "request": AttachmentKind.invitation,
    "add": AttachmentKind.invitation,
    "refresh": AttachmentKind.invitation_answer,
    "reply": AttachmentKind.invitation_answer,
    "counter": AttachmentKind.invitation_answer,
    "declinecounter": AttachmentKind.invitation_answer,
    "cancel": AttachmentKind.cancellation,
}


@dataclass(frozen=True, slots=True)
class CalendarObject:
    """The first event of a calendar."""

    kind: AttachmentKind
    summary: str
    #: What a person would read where the mail itself says nothing.
    text: str


def read_calendar(octets: bytes, method: str = "") -> CalendarObject:
    """Return what the calendar says; whatever is missing is empty.

    Args:
        octets: without transfer encoding.
        method: as the Content-Type says.
    """
    text = _FOLD.sub("", decode(octets[:MOST_CALENDAR_BYTES])[0])
    found: dict[str, str] = {}
    for name, value in _PROPERTY.findall(text):
        found.setdefault(name.lower(), _unescaped(value))
    method = (method or found.get("method", "")).strip().lower()
    summary = one_line(found.get("summary", ""), LONGEST_TITLE)
    said = (summary, one_line(found.get("location", ""), LONGEST_TITLE), storable(found.get("description", "")))
    return CalendarObject(
        kind=_METHODS.get(method, AttachmentKind.calendar),
        summary=summary,
        text="\n\n".join(each.strip() for each in said if each.strip())[:LONGEST_DESCRIPTION],
    )


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda escaped: "\n" if escaped[1] in "nN" else escaped[1], value)
