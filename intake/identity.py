"""Identity: when two originals are the same message (P2)."""

import hashlib
import json

from domain.account import Channel
from domain.ids import Digest
from domain.message import Message


def digest(original: bytes) -> Digest:
    """Return the SHA-256 of the exact bytes, in lower-case hex."""
    return Digest(hashlib.sha256(original).hexdigest())


def fingerprint(message: Message) -> Digest:
    """Return what stays the same when a server renders a message anew, and differs when the content does.

    Date, From, Message-ID, and the content without what travels badly: white space and quote marks. Attachments count
    by name and size, so that two scans from one machine are two letters. Where it had to choose, it would rather
    see two where there is one: a ticket too many is seen, a letter too few is not. For the same reason a message with
    little to go by (unreadable, or without Date or From) counts whole, with its headers and size, and one without
    Message-ID counts with its way: only the same Message-ID makes copies in several mailboxes one.
    """
    content: list[object] = [
        message.channel.value,
        message.date.isoformat(timespec="seconds") if message.date else "",
        message.sender.address if message.sender else "",
        message.message_id or "",
        _bare(message.subject),
        _bare(message.text + message.quoted),
        sorted((_bare(each.name), each.size_bytes) for each in message.attachments),
    ]
    if message.message_id is None:
        content += [list(message.to), list(message.cc), list(message.header_values("received"))]
    if message.channel is not Channel.email:
        # Two messages of the same words in the same second are two: here the provider's identity is to be trusted.
        content += [message.header("sid"), message.header("id")]
    if message.unreadable or message.date is None or message.sender is None:
        content += [message.size_bytes, [list(header) for header in message.headers]]
    return digest(json.dumps(content, ensure_ascii=True).encode("ascii"))


def _bare(text: str) -> str:
    return "".join(text.replace(">", "").split())


def letter_of(message: Message, original: bytes) -> Digest:
    """Return which letter an original is a copy of: by its fingerprint, or its exact bytes when it cannot be read."""
    return digest(original) if message.unreadable else fingerprint(message)
