"""Attachments: the parts that are not the text, named by what they are to whoever must open them.

Only the few bytes that tell are read; nothing is decoded as a whole.
"""

from domain.message import Attachment, AttachmentKind
from intake.characters import one_line
from intake.headers import MOST_HEADER_BYTES, decoded_value, read_block
from intake.invitation import LONGEST_TITLE, MOST_CALENDAR_BYTES, CalendarObject, read_calendar
from intake.structure import Part, Structure, even_lines
from intake.transfer import decoded_size, transfer_decoded

_KINDS = {
    "message/rfc822": AttachmentKind.message,
    "message/global": AttachmentKind.message,
    "text/calendar": AttachmentKind.calendar,
    "application/ics": AttachmentKind.calendar,
    "application/pkcs7-signature": AttachmentKind.signature,
    "application/x-pkcs7-signature": AttachmentKind.signature,
    "application/pgp-signature": AttachmentKind.signature,
    "application/pkcs7-mime": AttachmentKind.encrypted,
    "application/x-pkcs7-mime": AttachmentKind.encrypted,
    "application/pgp-encrypted": AttachmentKind.encrypted,
    "application/x-microsoft-rpmsg-message": AttachmentKind.encrypted,
    "application/ms-tnef": AttachmentKind.winmail,
    "application/vnd.ms-tnef": AttachmentKind.winmail,
    "message/delivery-status": AttachmentKind.report,
    "message/global-delivery-status": AttachmentKind.report,
    "message/disposition-notification": AttachmentKind.report,
    "message/feedback-report": AttachmentKind.report,
    "text/rfc822-headers": AttachmentKind.report,
    "message/global-headers": AttachmentKind.report,
}
#: Types that say nothing, so that name and first bytes are asked.
_VAGUE = frozenset({"application/octet-stream", "application/x-download", "binary/octet-stream", "text/plain"})
_BY_NAME = {
    "winmail.dat": AttachmentKind.winmail,
    "win.dat": AttachmentKind.winmail,
    "smime.p7s": AttachmentKind.signature,
    "smime.p7m": AttachmentKind.encrypted,
    "message.rpmsg": AttachmentKind.encrypted,
}
_BY_SUFFIX = {
    ".eml": AttachmentKind.message,
    ".ics": AttachmentKind.calendar,
    ".p7m": AttachmentKind.encrypted,
    ".p7s": AttachmentKind.signature,
}
#: How such content begins.
_BY_START = (
    (b"\x78\x9f\x3e\x22", AttachmentKind.winmail),
    (b"-----BEGIN PGP MESSAGE-----", AttachmentKind.encrypted),
    (b"-----BEGIN PGP SIGNATURE-----", AttachmentKind.signature),
)
_FIRST_BYTES = 60

#: Content that only its receiver's program opens, in words for the person who must.
WINMAIL = "the content is in a winmail.dat (TNEF), which is not opened"
SMIME = "the content is encrypted with S/MIME and cannot be read here"
SMIME_EITHER = "the content is encrypted or sealed with S/MIME and cannot be read here"
SMIME_SEALED = "the content is signed with S/MIME in a sealed form that cannot be read here"
PGP = "the content is encrypted with PGP and cannot be read here"
RIGHTS = "the content is protected by Microsoft's rights management and cannot be read here"
#: By the smime-type; old programs give none.
_SMIME_TYPES = {
    "signed-data": SMIME_SEALED,
    "compressed-data": SMIME_SEALED,
    "enveloped-data": SMIME,
    "authenveloped-data": SMIME,
}


def attachments_of(structure: Structure, parts: list[Part]) -> tuple[Attachment, ...]:
    """Return the attachments that these parts of the mail are."""
    return tuple(_attachment(structure.original, part) for part in parts)


def closed_content(structure: Structure) -> list[str]:
    """Return in words why there is content that cannot be read here."""
    return [why for part in structure.parts if (why := _why_closed(structure.original, part))]


def _attachment(original: bytes, part: Part) -> Attachment:
    kind, title = kind_of(original, part), ""
    if kind is AttachmentKind.message:
        title = _subject(original, part)
    elif kind is AttachmentKind.calendar:
        calendar = _calendar(original, part)
        kind, title = calendar.kind, calendar.summary
    return Attachment(
        name=part.name, media_type=part.media_type, size_bytes=decoded_size(original, part), kind=kind, title=title
    )


def _calendar(original: bytes, part: Part) -> CalendarObject:
    octets = transfer_decoded(_window(original, part, 2 * MOST_CALENDAR_BYTES), part.encoding)[0]
    return read_calendar(octets, part.parameters.get("method", ""))


def spoken_by_calendar(structure: Structure) -> str:
    """Return what the first calendar object says, for a mail that says nothing else; empty when there is none."""
    part = next((part for part in structure.parts if part.media_type == "text/calendar"), None)
    return _calendar(structure.original, part).text if part else ""


def kind_of(original: bytes, part: Part) -> AttachmentKind:
    """Return what a part is, by its type, else its name, else how it begins; calendars are not told apart."""
    if part.media_type in _KINDS:
        return _KINDS[part.media_type]
    name = part.name.lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    if part.media_type not in _VAGUE:
        return AttachmentKind.file
    suffix = name[-4:]
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    start = transfer_decoded(_window(original, part, 2 * _FIRST_BYTES), part.encoding)[0].lstrip()
    return next((kind for beginning, kind in _BY_START if start.startswith(beginning)), AttachmentKind.file)


def _window(original: bytes, part: Part, size_bytes: int) -> bytes:
    return original[part.start : min(part.end, part.start + size_bytes)]


def _subject(original: bytes, part: Part) -> str:
    """Return the subject of an attached mail, also where the standard's ban on encoding it was not kept."""
    octets = even_lines(transfer_decoded(_window(original, part, MOST_HEADER_BYTES), part.encoding)[0])
    return one_line(decoded_value(read_block(octets, 0, len(octets)).raw("subject") or b""), LONGEST_TITLE)


def _why_closed(original: bytes, part: Part) -> str:
    if part.media_type == "multipart/encrypted":
        return PGP
    if part.is_multipart:
        return ""
    kind = kind_of(original, part)
    if kind is AttachmentKind.winmail:
        return WINMAIL
    if kind is not AttachmentKind.encrypted:
        return ""
    if part.media_type.endswith("pkcs7-mime") or part.name.lower().endswith(".p7m"):
        return _SMIME_TYPES.get(part.parameters.get("smime-type", "").lower(), SMIME_EITHER)
    return RIGHTS if "rpmsg" in part.media_type + part.name.lower() else PGP
