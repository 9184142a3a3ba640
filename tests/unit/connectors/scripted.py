"""An IMAP client whose server has the oddities that real ones show now and then."""

import imaplib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient


@dataclass
class ScriptedClient(IMAPClient):  # type: ignore[misc]
    """Answers what imapclient would, from a table of messages; opens no line."""

    #: What SEARCH and FETCH know, by UID: the body; None: listed, and never handed over.
    messages: dict[int, bytes | None]
    #: Listed by the first SEARCH, deleted before the FETCH.
    vanished: set[int] = field(default_factory=set)
    #: Says no to a FETCH that asks for a vanished one, as RFC 2180 allows.
    says_no: bool = False
    uid_next: int | None = None
    date: datetime | None = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)
    folders: Sequence[tuple[tuple[bytes, ...], bytes, str]] = ()
    #: Every SEARCH and FETCH, as it was asked for.
    asked: list[str] = field(default_factory=list)

    def select_folder(self, folder: str, readonly: bool = False) -> dict[bytes, Any]:
        """Open read-only, and tell UIDNEXT only when there is one."""
        assert readonly
        answer: dict[bytes, Any] = {b"UIDVALIDITY": 7}
        return answer if self.uid_next is None else answer | {b"UIDNEXT": self.uid_next}

    def list_folders(self, directory: str = "", pattern: str = "*") -> Sequence[tuple[tuple[bytes, ...], bytes, str]]:
        """Tell every folder."""
        return self.folders

    def search(self, criteria: Any = "ALL", charset: str | None = None) -> list[int]:
        """Find UIDs by a set of them, in no order, the last one always being part of `n:*`."""
        _, wanted = criteria
        self.asked.append(f"SEARCH {wanted}")
        known = set(self.messages)
        found = {uid for part in wanted.split(",") for uid in known if _within(uid, part, known)}
        return sorted(found, reverse=True)

    def fetch(self, messages: Sequence[int], data: Sequence[str], modifiers: Any = None) -> dict[int, dict[bytes, Any]]:
        """Hand over what exists."""
        self.asked.append(f"FETCH {data[0]}")
        if self.says_no and self.vanished.intersection(messages):
            raise imaplib.IMAP4.error("FETCH failed: some messages no longer exist")
        there = {uid: self.messages[uid] for uid in messages if uid in self.messages and uid not in self.vanished}
        return {
            uid: {b"BODY[]": body, b"RFC822.SIZE": len(body or b""), b"INTERNALDATE": self.date, b"FLAGS": (rb"\Seen",)}
            for uid, body in there.items()
        }

    def shutdown(self) -> None:
        """Close no line."""

    def noop(self) -> tuple[bytes, list[Any]]:
        """Learn of the deletions."""
        for uid in self.vanished:
            self.messages.pop(uid, None)
        return b"OK", []


def _within(uid: int, part: str, known: set[int]) -> bool:
    low, colon, high = part.partition(":")
    if low == "*":
        return uid == max(known)
    if high == "*":
        return uid >= int(low) or uid == max(known)
    return int(low) <= uid <= int(high if colon else low)
