"""Arrivals for the tests of parsing: only the bytes matter."""

from datetime import UTC, datetime

from domain.account import Channel
from domain.message import Arrival, Message
from domain.site import MailSettings
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
