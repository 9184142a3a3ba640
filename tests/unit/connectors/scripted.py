"""An IMAP client whose server has the oddities that real ones show now and then."""

import imaplib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient

_PART = re.compile(r"BODY\.PEEK\[\]<(\d+)\.(\d+)>")


@dataclass
class ScriptedClient(IMAPClient):  # type: ignore[misc]
    """Answers what imapclient would, from a table of messages; opens no line."""

    #: What SEARCH and FETCH know, by UID: the body; None: listed, and never handed over.
    messages: dict[int, bytes | None]
    #: Listed by the first SEARCH, deleted before the FETCH.
    vanished: set[int] = field(default_factory=set)
    #: Says no to a FETCH that asks for a vanished one, as RFC 2180 allows.
    says_no: bool = False
    #: Says no to a FETCH of content that asks for one of them.
    refused: set[int] = field(default_factory=set)
    #: Says no even to a FETCH of flags.
    refuses_flags: bool = False
    #: Breaks the line at a FETCH of content that asks for one of them.
    breaks_at: set[int] = field(default_factory=set)
    #: What RFC822.SIZE says, where it is not the truth.
    sizes: dict[int, int] = field(default_factory=dict)
    #: Says NIL for a part past the end; else nothing.
    nil_past_end: bool = False
    uid_next: int | None = None
    date: datetime | None = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)
    folders: Sequence[tuple[tuple[bytes, ...], bytes, str]] = ()
    #: Folders that do not open.
    closed: set[str] = field(default_factory=set)
    #: Every SEARCH and FETCH, as it was asked for.
    asked: list[str] = field(default_factory=list)
    #: The UIDs of every FETCH.
    fetched: list[list[int]] = field(default_factory=list)

    def socket(self) -> None:
        """Have no line, and so no certificate."""

    def has_capability(self, capability: str) -> bool:
        """Know nothing but the basics."""
        return False

    def select_folder(self, folder: str, readonly: bool = False) -> dict[bytes, Any]:
        """Open read-only, and tell UIDNEXT only when there is one."""
        assert readonly
        if folder in self.closed:
            raise imaplib.IMAP4.error("SELECT failed: you may not")
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
        self.fetched.append(list(messages))
        wanted = set(messages)
        content = any(item.startswith("BODY") for item in data)
        if content and self.breaks_at & wanted:
            raise imaplib.IMAP4.abort("socket error: EOF")
        if (content or self.refuses_flags) and self.refused & wanted:
            raise imaplib.IMAP4.error("FETCH failed: it cannot be read")
        if self.says_no and self.vanished & wanted:
            raise imaplib.IMAP4.error("FETCH failed: some messages no longer exist")
        there = {uid: self.messages[uid] for uid in messages if uid in self.messages and uid not in self.vanished}
        return {uid: self._told(uid, body, data[0]) for uid, body in there.items()}

    def _told(self, uid: int, body: bytes | None, item: str) -> dict[bytes, Any]:
        size = self.sizes.get(uid, len(body or b""))
        told: dict[bytes, Any] = {
            b"SEQ": uid, b"RFC822.SIZE": size, b"INTERNALDATE": self.date, b"FLAGS": (rb"\Seen",)
        }  # fmt: skip
        part = _PART.fullmatch(item)
        if part is None:
            return {**told, b"BODY[]": body}
        offset, length = int(part[1]), int(part[2])
        content = None if body is None else body[offset : offset + length]
        return {**told, f"BODY[]<{offset}>".encode(): content or (None if self.nil_past_end else content)}

    def logout(self) -> bytes:
        """Say goodbye."""
        return b"bye"

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
