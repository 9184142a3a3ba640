"""The cursor of a mailbox: per folder a UIDVALIDITY and the highest UID delivered. Positions, not dates (P3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Position:
    """How far one folder has been delivered."""

    uidvalidity: int
    #: The highest UID that was delivered; 0: none.
    uid: int
    #: Up to this UID it lay there at first connection (P14).
    history_until: int = 0


def positions(cursor: Mapping[str, Any] | None) -> dict[str, Position]:
    """Read a cursor: {"folders": {"INBOX": {"uidvalidity": 7, "uid": 42, "history_until": 40}}}.

    >>> positions({"folders": {"INBOX": {"uidvalidity": 7, "uid": 42, "history_until": 40}}})
    {'INBOX': Position(uidvalidity=7, uid=42, history_until=40)}
    """
    folders = (cursor or {}).get("folders", {})
    return {
        name: Position(int(each["uidvalidity"]), int(each["uid"]), int(each.get("history_until", 0)))
        for name, each in folders.items()
    }


def as_cursor(folders: Mapping[str, Position]) -> dict[str, Any]:
    """Write a cursor, the opposite of `positions`.

    >>> as_cursor({"INBOX": Position(7, 42, 40)})
    {'folders': {'INBOX': {'uidvalidity': 7, 'uid': 42, 'history_until': 40}}}
    """
    return {
        "folders": {
            name: {"uidvalidity": each.uidvalidity, "uid": each.uid, "history_until": each.history_until}
            for name, each in folders.items()
        }
    }


def where_to_go_on(known: Position | None, *, first: bool, uidvalidity: int, uid_next: int) -> Position:
    """Return the position to read a folder from, by what the cursor knows and what the server says now.

    At first connection everything below `uid_next` is history. A folder that turns up later, or whose UIDVALIDITY
    changed, is read from its start and is not: a new mail may lie in it, and known ones are recognised by their
    fingerprints (P2). Source: RFC 9051 section 2.3.1.1.

    >>> where_to_go_on(None, first=True, uidvalidity=7, uid_next=43)
    Position(uidvalidity=7, uid=0, history_until=42)
    >>> where_to_go_on(Position(7, 42, 42), first=False, uidvalidity=8, uid_next=3)
    Position(uidvalidity=8, uid=0, history_until=0)
    """
    if known is not None and known.uidvalidity == uidvalidity:
        return known
    return Position(uidvalidity, 0, uid_next - 1 if first else 0)
