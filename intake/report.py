"""Reports: which of our mails a delivery report or a read receipt is about, and whom they did not reach.

Source: RFC 3464, 6522, 8098.
"""

import re

from domain.message import Message
from intake.addresses import mailboxes, message_ids, return_path
from intake.body import read_body
from intake.bounce import Bounce, bounces_in_status, bounces_in_words
from intake.headers import HeaderBlock, read_block
from intake.marks import without_marks
from intake.structure import Part, Structure, even_lines, read_structure
from intake.transfer import transfer_decoded

#: Headers and status of a report; the returned body below them is not needed.
MOST_REPORT_BYTES = 262_144
_DELIVERY = frozenset({"message/delivery-status", "message/global-delivery-status"})
_STATUS = _DELIVERY | {"message/disposition-notification"}
_RETURNED = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
_ORIGINAL_ID = re.compile(r"^(?:x-)?original-message-id\s*:\s*(.{1,1000})$", re.IGNORECASE | re.MULTILINE)
_RETURNED_ID = re.compile(r"^[> \t]{0,10}message-id[ \t]{0,10}:(.{1,1000})$", re.IGNORECASE | re.MULTILINE)


def reported_message_ids(original: bytes) -> frozenset[str]:
    """Return the Message-IDs that a delivery report or receipt names, with angle brackets; empty for other mail.

    Never raises: what cannot be read names nothing, and the mail is then treated as one that matches nothing of ours.
    """
    try:
        return _reported(even_lines(original))
    except Exception:  # the guard of `parse` for the same hostile bytes
        return frozenset()


def may_report(message: Message) -> bool:
    """Ask whether a parsed mail may name mail of ours as a report does.

    Most may not: for them `reported_message_ids` need not read the original once more.
    """
    is_report = any(each in _STATUS or each == "multipart/report" for each in message.media_types)
    address = message.sender.address if message.sender else ""
    return is_report or message.unreadable or message.return_path == "" or _is_server(address)


def _reported(original: bytes) -> frozenset[str]:
    structure = read_structure(original)
    named: set[str] = set()
    for part in structure.parts:
        if part.media_type in _STATUS:
            status = _text(original, part)
            named.update(id for line in _ORIGINAL_ID.findall(status) for id in message_ids(line))
        elif part.media_type in _RETURNED and _is_report(structure.parts):
            octets = _octets(original, part)
            named.update(message_ids(read_block(octets, 0, len(octets)).text("message-id")))
    if not _is_report(structure.parts) and _comes_from_server(structure.headers):
        lines = _RETURNED_ID.findall(_said(structure))
        named.update(id for line in lines for id in message_ids(line))
    return frozenset(named)


def bounced(original: bytes) -> tuple[Bounce, ...]:
    """Return the addresses that a mail did not reach, by the word of a mail server; empty for other mail.

    A report in the form of RFC 3464 is believed before its words; words are read only in what a mail server sends, so
    that nobody's letter about an undelivered mail is taken for a report. Never raises. The caller must know by
    `reported_message_ids` that it is about our mail before acting: anybody can write such a report.
    """
    try:
        return _bounced(even_lines(original))
    except Exception:  # the guard of `parse` for the same hostile bytes
        return ()


def _bounced(original: bytes) -> tuple[Bounce, ...]:
    structure = read_structure(original)
    told = [
        bounce
        for part in structure.parts
        if part.media_type in _DELIVERY
        for bounce in bounces_in_status(_text(original, part))
    ]
    if not told and _comes_from_server(structure.headers):
        named = structure.headers.text("x-failed-recipients")
        ours = frozenset(mailbox.address for mailbox in mailboxes(structure.headers.text("to")))
        told = list(bounces_in_words(_said(structure), named, ours))
    return tuple({bounce.address: bounce for bounce in reversed(told)}.values())[::-1]


def _said(structure: Structure) -> str:
    return without_marks(read_body(structure, MOST_REPORT_BYTES).text)


def _comes_from_server(headers: HeaderBlock) -> bool:
    """Say whether a mail server wrote it: the null path, or the name that such programs use."""
    path = headers.raw("return-path")
    if path is not None and not return_path(headers.text("return-path")):
        return True
    sender = next(iter(mailboxes(headers.text("from"))), None)
    return sender is not None and _is_server(sender.address)


def _is_server(address: str) -> bool:
    return address.startswith(("mailer-daemon@", "postmaster@", "microsoftexchange"))


def _is_report(parts: list[Part]) -> bool:
    """Say whether it reports: a citizen who attaches one of our mails does not."""
    return any(part.media_type in _STATUS or part.media_type == "multipart/report" for part in parts)


def _octets(original: bytes, part: Part) -> bytes:
    window = original[part.start : min(part.end, part.start + MOST_REPORT_BYTES)]
    return even_lines(transfer_decoded(window, part.encoding)[0])


def _text(original: bytes, part: Part) -> str:
    return _octets(original, part).replace(b"\r\n", b"\n").decode("utf-8", errors="replace")
