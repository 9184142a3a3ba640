"""What Meta posts to a webhook, and how it signs it.

Source: Meta's "Webhooks for Pages" and "Messenger Platform webhooks": `X-Hub-Signature-256` is the HMAC of the body.
"""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from sandbox.graph_records import CommentRecord, MessageRecord


def signed(event: dict[str, Any], app_secret: str) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a webhook call."""
    body = json.dumps(event, ensure_ascii=True).encode()
    digest = hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    return body, {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={digest}"}


def message_event(page: str, record: MessageRecord) -> dict[str, Any]:
    """Return the event of a message, or of the echo of one that the page sent."""
    message: dict[str, Any] = {"mid": record.id, "text": record.text}
    if record.sender.id == page:
        message |= {"is_echo": True} | ({"app_id": record.app_id} if record.app_id else {})
    return _messaging(page, record.sender.id, record.recipient.id, record.created_at, {"message": message})


def other_event(page: str, person: str, kind: str, at: datetime) -> dict[str, Any]:
    """Return the event of a reaction, of a message that was read, or of one that was delivered."""
    about: dict[str, Any] = {"watermark": int(at.timestamp() * 1000)}
    if kind == "reaction":
        about = {"reaction": "love", "emoji": "\u2764", "action": "react", "mid": "m_1"}
    return _messaging(page, person, page, at, {kind: about})


def comment_event(page: str, record: CommentRecord, verb: str = "add") -> dict[str, Any]:
    """Return the event of a comment that came, was edited, hidden or removed."""
    value = {
        "item": "comment" if record.post else "post",
        "verb": verb,
        "from": {"id": record.author.id, "name": record.author.name},
        "comment_id": record.id,
        "post_id": record.post or record.id,
        "message": record.text,
        "created_time": int(record.created_at.timestamp()),
    }
    return _entry(page, record.created_at, {"changes": [{"field": "feed", "value": value}]})


def _messaging(page: str, sender: str, recipient: str, at: datetime, about: dict[str, Any]) -> dict[str, Any]:
    event = {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": int(at.timestamp() * 1000), **about}
    return _entry(page, at, {"messaging": [event]})


def _entry(page: str, at: datetime, about: dict[str, Any]) -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": page, "time": int(at.timestamp() * 1000), **about}]}
