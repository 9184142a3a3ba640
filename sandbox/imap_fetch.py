"""What FETCH answers: the items of one mail. Source: RFC 3501 6.4.5 and 7.4.2."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from sandbox.imap_syntax import Token, bad, internal_date, word
from sandbox.mail_store import StoredMail

_BODY = re.compile(r"BODY(?P<peek>\.PEEK)?\[(?P<section>[^\]]*)\](?:<(?P<first>\d{1,9})\.(?P<count>\d{1,9})>)?$", re.I)
_FIELDS = re.compile(r"HEADER\.FIELDS(?P<but>\.NOT)? \((?P<names>[^)]*)\)$", re.I)

#: Older names for body sections, with whether they leave \\Seen alone.
_OLD_NAMES: Mapping[str, str] = MappingProxyType(
    {"RFC822": "BODY[]", "RFC822.HEADER": "BODY.PEEK[HEADER]", "RFC822.TEXT": "BODY[TEXT]"}
)

_PLAIN: Mapping[str, Callable[[StoredMail], str]] = MappingProxyType(
    {
        "UID": lambda mail: str(mail.uid),
        "FLAGS": lambda mail: f"({' '.join(sorted(mail.flags))})",
        "INTERNALDATE": lambda mail: internal_date(mail.at),
        "RFC822.SIZE": lambda mail: str(len(mail.original)),
    }
)

_MACROS: Mapping[str, tuple[str, ...]] = MappingProxyType({"FAST": ("FLAGS", "INTERNALDATE", "RFC822.SIZE")})


def items_of(token: Token, *, by_uid: bool) -> list[str]:
    """Return the items that a FETCH asks for; UID FETCH always asks for the UID.

    Raises:
        CommandRefused: BAD, when an item is unknown or not built here.
    """
    asked = [word(each) for each in token] if isinstance(token, list) else [word(token)]
    items = [item for name in asked for item in _MACROS.get(name.upper(), (name,))]
    for item in items:
        if item.upper() not in _PLAIN and item.upper() not in _OLD_NAMES and not _BODY.match(item):
            raise bad(f"{item} is not an item of this server")
    if by_uid and "UID" not in (item.upper() for item in items):
        items.insert(0, "UID")
    return items


def marks_seen(items: list[str]) -> bool:
    """Say whether fetching these items marks a mail as seen."""
    bodies = (_BODY.match(_OLD_NAMES.get(item.upper(), item)) for item in items)
    return any(body is not None and not body["peek"] for body in bodies)


def fetched(mail: StoredMail, items: list[str]) -> bytes:
    """Return the parenthesised answer for one mail."""
    return b"(" + b" ".join(_answer(mail, item) for item in items) + b")"


def _answer(mail: StoredMail, item: str) -> bytes:
    plain = _PLAIN.get(item.upper())
    if plain is not None:
        return f"{item.upper()} {plain(mail)}".encode()
    body = _BODY.match(_OLD_NAMES.get(item.upper(), item))
    if body is None:
        raise bad(f"{item} is not an item of this server")
    content, name = _section(mail.original, body["section"]), f"BODY[{body['section']}]"
    if body["first"] is not None:
        first = int(body["first"])
        content, name = content[first : first + int(body["count"])], f"{name}<{first}>"
    if item.upper() in _OLD_NAMES:
        name = item.upper()
    return f"{name} {{{len(content)}}}\r\n".encode() + content


def _section(original: bytes, section: str) -> bytes:
    header, text = _split(original)
    match section.upper():
        case "":
            return original
        case "HEADER":
            return header
        case "TEXT":
            return text
    fields = _FIELDS.match(section)
    if fields is None:
        raise bad(f"BODY[{section}] is not built in this server")
    names = {name.strip('"').lower() for name in fields["names"].split()}
    kept = [field for field in header_fields(header) if (field_name(field) in names) != bool(fields["but"])]
    return b"".join(kept) + b"\r\n"


def _split(original: bytes) -> tuple[bytes, bytes]:
    header, blank, text = original.partition(b"\r\n\r\n")
    return header + blank, text


def header_fields(original: bytes) -> list[bytes]:
    """Return the header's fields, each whole with its folded lines and their CRLF."""
    header, _ = _split(original)
    return [field for field in re.split(rb"(?<=\r\n)(?![ \t])", header) if field.strip()]


def field_name(field: bytes) -> str:
    """Return a field's name in lower case."""
    return field.partition(b":")[0].strip().decode("ascii", "replace").lower()
