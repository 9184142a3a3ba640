"""Parsing: mails per second beside the standard library on the same specimens, and the slowest of the hostile mails."""

import email
import email.policy
from collections.abc import Callable
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from pathlib import Path
from statistics import median
from time import process_time

from rich.console import Console
from rich.table import Table

from domain.account import Channel
from domain.message import Arrival
from domain.site import MailSettings
from intake.parse import parse
from intake.report import bounced, reported_message_ids

#: Larger specimens are bombs; one of them takes the standard library longer than all others together.
MOST_BYTES = 20_000
SPECIMENS = Path(__file__).parent.parent / "tests" / "mails" / "parse"
ROUNDS = 5
HOSTILE_BYTES = 1_000_000

_MAIL = MailSettings(border_servers=("mx.exempelby.example",), message_id_domain="exempelby.example")
_AT = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
_HEAD = b"From: anna@example.se\r\nTo: kontaktcenter@exempelby.example\r\nSubject: Hej\r\n"
_HTML = b"Content-Type: text/html\r\n\r\n"
_MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
#: What is repeated to a million bytes, below these headers.
HOSTILE = {
    "HTML: paragraphs": (_HTML, "<p>å".encode()),
    "HTML: half tags": (_HTML, b"</"),
    "HTML: opening brackets": (_HTML, b"<"),
    "HTML: quotes never closed": (_HTML, b"<p a='<p b=\""),
    "text: lines like introductions": (b"\r\n", b"2026 10.15 skrev jag:\n"),
    "text: combining marks": (b"\r\n", "a\u0301\u0316".encode()),
    "text: flowed lines": (b"Content-Type: text/plain; format=flowed\r\n\r\n", b">> a \n"),
    "parts": (_MIXED, b"--b\n\n"),
    "attached mails": (_MIXED, b"--b\nContent-Type: message/rfc822\n\nSubject: =?utf-8?q?a?=\n\nx\n"),
    "base64 with padding everywhere": (b"Content-Transfer-Encoding: base64\r\n\r\n", b"A=A="),
    "headers": (b"", b"X: y\n"),
    "addresses": (b"", b"To: " + b"@" * 32_000 + b"\n"),
}


def run(console: Console) -> None:
    """Print mails per second with ratios, then the time that hostile mails of a megabyte take."""
    specimens = (path.read_bytes() for path in sorted(SPECIMENS.glob("*.eml")))
    originals = [original for original in specimens if len(original) <= MOST_BYTES]
    readers = {"parse": _ours, "email, compat32": _compat32, "email, policy.default": _default}
    rounds = [{name: _timed(reader, originals) for name, reader in readers.items()} for _ in range(ROUNDS)]
    seconds = {name: median(each[name] for each in rounds) for name in readers}
    table = Table(title=f"{len(originals)} specimens, median of {ROUNDS} rounds")
    for column in ("reader", "mails/s of processor time", "parse = 1", "raised on"):
        table.add_column(column, justify="left" if column == "reader" else "right")
    for name, reader in readers.items():
        speed, ratio = len(originals) / seconds[name], seconds["parse"] / seconds[name]
        table.add_row(name, f"{speed:,.0f}", f"{ratio:.2f}", str(sum(not _is_read(reader, each) for each in originals)))
    console.print(table)
    console.print(_hostile())


def _hostile() -> Table:
    table = Table(title=f"Hostile mails of {HOSTILE_BYTES:,} bytes, processor seconds")
    for column in ("mail", "parse", "read as a report"):
        table.add_column(column, justify="left" if column == "mail" else "right")
    for name, (headers, piece) in HOSTILE.items():
        original = _HEAD + headers + piece * (HOSTILE_BYTES // len(piece))
        table.add_row(name, _seconds(_ours, original), _seconds(_report, b"Return-Path: <>\r\n" + original))
    return table


def _seconds(reader: Callable[[bytes], object], original: bytes) -> str:
    began = process_time()
    reader(original)
    return f"{process_time() - began:.2f}"


def _timed(reader: Callable[[bytes], object], originals: list[bytes]) -> float:
    began = process_time()
    for original in originals:
        _is_read(reader, original)
    return process_time() - began


def _is_read(reader: Callable[[bytes], object], original: bytes) -> bool:
    try:
        reader(original)
    except Exception:  # what the standard library raises on hostile bytes is counted, not explained
        return False
    return True


def _ours(original: bytes) -> object:
    arrival = Arrival(identity="INBOX/1/1", original=original, media_type="message/rfc822", provider_at=_AT)
    return parse(arrival, channel=Channel.email, mail=_MAIL)


def _report(original: bytes) -> object:
    return reported_message_ids(original), bounced(original)


def _compat32(original: bytes) -> object:
    """Read headers and plain text as a simple poller does."""
    message = email.message_from_bytes(original)
    headers = [(name, str(make_header(decode_header(value)))) for name, value in message.items()]
    return headers, [_text(part) for part in message.walk() if part.get_content_type() == "text/plain"]


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode(part.get_content_charset("utf-8"), "replace") if isinstance(payload, bytes) else ""


def _default(original: bytes) -> object:
    message = email.message_from_bytes(original, _class=EmailMessage, policy=email.policy.default)
    headers = [(name, str(value)) for name, value in message.items()]
    body = message.get_body(("plain", "html"))
    return headers, body.get_content() if body else ""
