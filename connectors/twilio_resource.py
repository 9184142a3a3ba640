"""Twilio's Message resource, or the fields of its webhooks, as arrivals and deliveries.

Source: Twilio's Message resource and its statuses; its webhook parameters for incoming messages and status callbacks.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.twilio_codes import NEVER, OPTED_OUT, why
from domain.delivery import Delivery, DeliveryState
from domain.message import Arrival, FileState, Media
from domain.suppression import SuppressionReason

Resource = Mapping[str, Any]

#: The most pictures and files that a message has.
MOST_MEDIA = 10

STATES = {
    "accepted": DeliveryState.queued,
    "scheduled": DeliveryState.queued,
    "queued": DeliveryState.queued,
    "sending": DeliveryState.queued,
    "sent": DeliveryState.sent,
    "delivered": DeliveryState.delivered,
    "partially_delivered": DeliveryState.undelivered,
    "undelivered": DeliveryState.undelivered,
    "failed": DeliveryState.failed,
    "canceled": DeliveryState.failed,
    "read": DeliveryState.read,
}

#: An outgoing message goes no further than these.
FINAL = frozenset({"delivered", "partially_delivered", "undelivered", "failed", "canceled", "read"})

#: With these it reached nobody and never will.
LOST = frozenset({"undelivered", "failed", "canceled"})


def arrival_of(fields: Resource, at: datetime, *, history: bool = False) -> Arrival:
    """Return an incoming message; what lies beside it is named and fetched later."""
    sid = str(fields.get("sid") or fields.get("MessageSid"))
    return Arrival(
        identity=sid,
        original=json.dumps(dict(fields), ensure_ascii=False).encode(),
        media_type="application/json",
        provider_at=at,
        history=history,
        media=tuple(_media(fields, sid)),
    )


def delivery_of(fields: Resource) -> Delivery:
    """Return how far an outgoing message has come. Raises KeyError for a status that Twilio does not document."""
    status = str(fields.get("status") or fields.get("MessageStatus") or "")
    code = int(fields.get("error_code") or fields.get("ErrorCode") or 0)
    return Delivery(
        provider_id=str(fields.get("sid") or fields.get("MessageSid")),
        state=STATES[status],
        code=str(code) if code else "",
        why=why(code) if code else "",
        lasting=_lasting(code),
    )


def created_at(resource: Resource) -> datetime:
    """Return when Twilio made the resource; one without a date is as old as can be."""
    try:
        return parsedate_to_datetime(str(resource["date_created"])).astimezone(UTC)
    except (KeyError, ValueError):
        return datetime.min.replace(tzinfo=UTC)


def _lasting(code: int) -> SuppressionReason | None:
    if code in OPTED_OUT:
        return SuppressionReason.opted_out
    return SuppressionReason.hard_bounce if code in NEVER else None


def _media(fields: Resource, sid: str) -> Iterator[Media]:
    count = str(fields.get("num_media") or fields.get("NumMedia") or "0")
    for place in range(min(int(count), MOST_MEDIA) if count.isdecimal() and len(count) < 10 else 0):
        yield Media(
            name=f"bilaga-{place + 1}",
            media_type=str(fields.get(f"MediaContentType{place}") or ""),
            state=FileState.waiting,
            reference=f"{sid}/{place}",
        )
