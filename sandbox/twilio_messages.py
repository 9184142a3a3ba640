"""Message resources as Twilio's Messages API describes them, kept in memory.

Source: Twilio's published schema of the 2010-04-01 API (Message, Media and their lists).
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from threading import Lock
from typing import Any

from domain.sms_text import segments

#: Statuses that change no more.
FINAL = frozenset({"received", "delivered", "undelivered", "failed", "canceled"})
#: How an outgoing message goes on, one step at a time.
_NEXT = {"queued": "sending", "sending": "sent", "sent": "delivered"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture or a file that came with a message."""

    sid: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsRecord:
    """One message as the provider keeps it."""

    sid: str
    sender: str
    recipient: str
    body: str
    #: inbound, outbound-api or outbound-reply.
    direction: str
    status: str
    #: Whole seconds, aware UTC.
    created_at: datetime
    error_code: int | None = None
    media: tuple[Media, ...] = ()
    status_callback: str = ""

    def resource(self, account_sid: str) -> dict[str, Any]:
        """Return the JSON object that the API gives."""
        path = f"/2010-04-01/Accounts/{account_sid}/Messages/{self.sid}"
        at = format_datetime(self.created_at)
        return {
            "account_sid": account_sid,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": at,
            "date_sent": at,
            "date_updated": at,
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": None,
            "num_media": str(len(self.media)),
            "num_segments": str(segments(self.body).parts),
            "price": None,
            "price_unit": "SEK",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": self.recipient,
            "uri": f"{path}.json",
        }


@dataclass
class SmsArchive:
    """Every message of one Twilio account, in the order they came; safe between threads."""

    account_sid: str
    _records: dict[str, SmsRecord] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, sid: str = "", **fields: Any) -> SmsRecord:
        """Keep a message and return it; the fields are those of SmsRecord."""
        record = SmsRecord(sid=sid or new_sid("MM" if fields.get("media") else "SM"), **fields)
        record = replace(record, created_at=record.created_at.replace(microsecond=0))
        with self._lock:
            self._records[record.sid] = record
        return record

    def get(self, sid: str) -> SmsRecord | None:
        """Return a message; None: there is none of that SID."""
        return self._records.get(sid)

    def remove(self, sid: str) -> bool:
        """Delete a message; False: there is none."""
        with self._lock:
            return self._records.pop(sid, None) is not None

    def change(self, sid: str, **fields: Any) -> SmsRecord:
        """Change a message, such as its status, and return it. Raises KeyError when there is none."""
        with self._lock:
            self._records[sid] = replace(self._records[sid], **fields)
            return self._records[sid]

    def advance(self) -> None:
        """Let everything that is under way come one status further."""
        for record in self.all():
            if record.status in _NEXT:
                self.change(record.sid, status=_NEXT[record.status])

    def all(self) -> tuple[SmsRecord, ...]:
        """Return every message, oldest first by when it was added."""
        with self._lock:
            return tuple(self._records.values())

    def matching(self, wanted: Mapping[str, str]) -> Iterator[SmsRecord]:
        """Yield what a list asks for, newest first; `wanted` holds the query's parameters.

        `DateSent` has the granularity of a day, as the provider promises no more.
        """
        # Sorting is stable: of two messages of one second the later one stands first.
        oldest_first = sorted(self.all(), key=lambda each: each.created_at)
        for record in oldest_first[::-1]:
            if _matches(record, wanted):
                yield record


def _matches(record: SmsRecord, wanted: Mapping[str, str]) -> bool:
    day = record.created_at.date().isoformat()
    return (
        wanted.get("To", record.recipient) == record.recipient
        and wanted.get("From", record.sender) == record.sender
        and wanted.get("DateSent", day)[:10] == day
        and wanted.get("DateSent>", day)[:10] <= day
        and wanted.get("DateSent<", day)[:10] >= day
    )


def new_sid(kind: str) -> str:
    """Return an identity as the provider makes them: two letters and 32 hexadecimal digits."""
    return kind + secrets.token_hex(16)
