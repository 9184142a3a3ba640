"""Arrivals for the tests of parsing: only the bytes matter."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from domain.account import Channel
from domain.message import Arrival, Message
from domain.site import MailSettings
from intake.identity import fingerprint
from intake.parse import parse

#: INTERNALDATE of every specimen: Tuesday 24 November 2026, 09:12 in Stockholm.
PROVIDER_AT = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
MAIL = MailSettings(border_servers=("mx.exempelby.example",), message_id_domain="exempelby.example")
HEAD = b"From: Anna <anna@example.se>\r\nTo: kontaktcenter@exempelby.example\r\nSubject: Hej\r\n"


def arrival(original: bytes, media_type: str = "message/rfc822") -> Arrival:
    """Return the bytes as a source delivers them."""
    return Arrival(identity="INBOX/1/1", original=original, media_type=media_type, provider_at=PROVIDER_AT)


def parsed(original: bytes, channel: Channel = Channel.email) -> Message:
    """Return what parsing makes of the bytes."""
    media_type = "message/rfc822" if channel is Channel.email else "application/json"
    return parse(arrival(original, media_type), channel=channel, mail=MAIL)


def mail(body: bytes, headers: bytes = b"") -> bytes:
    """Return a mail with these further headers."""
    return HEAD + headers + b"\r\n" + body


def strings(value: Any) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | frozenset):
        for each in value:
            yield from strings(each)
    elif hasattr(value, "__dataclass_fields__"):
        for field in fields(value):
            yield from strings(getattr(value, field.name))


def assert_can_be_stored(message: Message) -> None:
    """Fail when a message holds what a database refuses, what turns a page around, or too much."""
    for text in strings(message):
        assert "\x00" not in text
        text.encode("utf-8")
    names = [text for each in message.attachments for text in (each.name, each.title)]
    one_line = [
        message.subject,
        message.message_id or "",
        *strings(message.sender),
        *strings(message.headers),
        *names,
    ]
    for text in one_line:
        assert not set(text) & set("\r\n\u202e\u2066\u2028\x85")
    assert message.arrived_at.tzinfo is not None
    assert len(message.text) + len(message.quoted) <= 300_000
    assert len(message.media_types) <= 1_000
    fingerprint(message)
