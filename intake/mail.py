"""Mail: an original in MIME made into a Message."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from domain.account import Channel
from domain.message import Arrival, Mailbox, Message
from domain.site import MailSettings
from intake.addresses import LONGEST_ADDRESS, mailboxes, message_id, message_ids, return_path
from intake.attachments import PGP, closed_content, spoken_by_calendar
from intake.body import Body, read_body
from intake.characters import one_line
from intake.headers import MOST_VALUE_BYTES, HeaderBlock, decoded_value, plain_value, read_block
from intake.quoting import separate
from intake.received import instant, received_at
from intake.structure import Structure, even_lines, read_structure

#: A subject is one line of RFC 5322.
LONGEST_SUBJECT = 998
#: Twice what one header may hold.
LONGEST_JOINED = 2 * MOST_VALUE_BYTES
#: A person reads them; the rest are more of the same.
MOST_DEFECTS = 20
#: Without any of these it is no mail, whatever else stands there with a colon.
_SIGNS_OF_MAIL = frozenset({"from", "to", "cc", "date", "subject", "message-id", "received", "return-path", "reply-to"})
_PGP_MESSAGE = "-----BEGIN PGP MESSAGE-----"


@dataclass(frozen=True, slots=True)
class _Texts:
    """The subject of a mail, and its text in two halves."""

    subject: str
    text: str = ""
    quoted: str = ""


def parse_mail(arrival: Arrival, mail: MailSettings) -> Message:
    """Return the whole message. May raise on what nobody has thought of; `parse` guards it."""
    structure = read_structure(even_lines(arrival.original))
    body = read_body(structure)
    subject = _subject(structure.headers)
    if not _is_mail(structure.headers) and b"\x00" in structure.original:
        body = replace(body, text="")
    split = separate(body.text or _forwarded_text(structure) or spoken_by_calendar(structure), subject)
    return _message(arrival, mail, structure, body, _Texts(subject, split.text, split.quoted))


def parse_head(arrival: Arrival, mail: MailSettings) -> Message:
    """Return what the headers say, and nothing of the body: for a mail whose body cannot be read."""
    original = even_lines(arrival.original)
    structure = Structure(original, read_block(original, 0, len(original)), unreadable=True)
    return _message(arrival, mail, structure, Body("", (), ()), _Texts(_subject(structure.headers)))


def read_headers(original: bytes) -> tuple[tuple[str, str], ...]:
    """Return every header in order: name in lower case, value decoded and on one line."""
    original = even_lines(original)
    return _decoded(read_block(original, 0, len(original)))


def _subject(block: HeaderBlock) -> str:
    return one_line(decoded_value(block.raw("subject") or b""), LONGEST_SUBJECT)


def _decoded(block: HeaderBlock) -> tuple[tuple[str, str], ...]:
    return tuple((name, decoded_value(value)) for name, value in block.fields)


def _message(arrival: Arrival, mail: MailSettings, structure: Structure, body: Body, texts: _Texts) -> Message:
    block, headers = structure.headers, _decoded(structure.headers)
    received = received_at(headers, mail, arrival.provider_at)
    parameters = structure.parts[0].parameters if structure.parts else {}
    sender = next(iter(mailboxes(block.text("from"))), None)
    date = instant(block.text("date"))
    defects = [*_head_defects(structure, sender, date), *structure.defects, *body.defects, *_closed(structure, body)]
    return Message(
        channel=Channel.email,
        arrived_at=received.at,
        arrival_why=received.why,
        arrival_difference=received.difference,
        sender=sender,
        subject=texts.subject,
        text=texts.text,
        quoted=texts.quoted,
        headers=headers,
        message_id=message_id(block.text("message-id")),
        in_reply_to=message_ids(_joined(block, ("in-reply-to",))),
        references=message_ids(_joined(block, ("references",))),
        return_path=_return_path(block),
        to=_addresses(block, "to"),
        cc=_addresses(block, "cc"),
        resent=_addresses(block, "resent-to", "resent-cc", "resent-bcc"),
        date=date,
        media_types=tuple(part.media_type for part in structure.parts),
        report_type=one_line(parameters["report-type"], 60).lower() if "report-type" in parameters else None,
        attachments=body.attachments,
        role=arrival.role,
        flags=arrival.flags,
        size_bytes=len(arrival.original),
        defects=tuple(dict.fromkeys(defects))[:MOST_DEFECTS],
        unreadable=structure.unreadable or block.cut or not _is_mail(block),
    )


def _is_mail(block: HeaderBlock) -> bool:
    return any(name in _SIGNS_OF_MAIL for name, _ in block.fields)


def _head_defects(structure: Structure, sender: Mailbox | None, date: datetime | None) -> Iterable[str]:
    block = structure.headers
    if not structure.original:
        yield "the mail is empty"
    elif not _is_mail(block):
        yield "there are no mail headers"
    yield from block.defects
    if any(b"\x00" in value for _, value in block.fields):
        yield "a header holds NUL"
    if _is_mail(block) and sender is None:
        yield "From holds no usable address" if block.raw("from") is not None else "From is missing"
    if sum(name == "from" for name, _ in block.fields) > 1:
        yield "From stands there more than once"
    if block.raw("date") is not None and date is None:
        yield "Date makes no sense"


def _closed(structure: Structure, body: Body) -> Iterable[str]:
    yield from closed_content(structure)
    if _PGP_MESSAGE in body.text:
        yield PGP


def _joined(block: HeaderBlock, names: tuple[str, ...]) -> str:
    """Return all values of these names as one; each header was cut already, their sum is cut here."""
    if all(block.raw(name) is None for name in names):
        return ""
    return ", ".join(plain_value(value) for name, value in block.fields if name in names)[:LONGEST_JOINED]


def _addresses(block: HeaderBlock, *names: str) -> tuple[str, ...]:
    found = (mailbox.address for mailbox in mailboxes(_joined(block, names)))
    return tuple(dict.fromkeys(found))


def _return_path(block: HeaderBlock) -> str | None:
    raw = block.raw("return-path")
    return None if raw is None else return_path(plain_value(raw)[: 2 * LONGEST_ADDRESS])


def _forwarded_text(structure: Structure) -> str:
    """Return the text of the first attached mail, for one that was forwarded as an attachment without a word."""
    if structure.parts[0].media_type == "multipart/report":
        return ""
    for part in structure.parts:
        if part.media_type == "message/rfc822" and part.encoding != "base64":
            return read_body(read_structure(even_lines(structure.original[part.start : part.end]))).text
    return ""
