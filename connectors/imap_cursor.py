"""The cursor of a mailbox: per folder a UIDVALIDITY and the highest UID delivered. Positions, not dates (P3)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

#: UIDs of one folder that may be owed at once.
MOST_OWED = 200


@dataclass(frozen=True, slots=True)
class Position:
    """How far one folder has been delivered, and how far its changes have been told."""

    uidvalidity: int
    #: The highest UID that was delivered or is owed; 0: none.
    uid: int
    #: Up to this UID it lay there at first connection (P14).
    history_until: int = 0
    #: UIDs not above `uid` that are still to be delivered: the server withheld them, or they were missed; ascending.
    owed: tuple[int, ...] = ()
    #: What is owed was asked for in this visit up to this UID; 0: nothing yet.
    asked: int = 0
    #: How many messages existed up to `uid` when it was last counted; None: never.
    existing: int | None = None
    #: Changes of flags are told up to this MODSEQ (RFC 7162); 0: the server does not count them.
    modseq: int = 0
    #: The MODSEQ that the pass under way will have told everything up to; 0: none is under way.
    next_modseq: int = 0
    #: The UID that the pass through the flags has come to: upwards by MODSEQ, downwards without; 0: none is under way.
    looked_at: int = 0


#: Written in any case, so that a person who looks at a cursor sees where it stands.
_ALWAYS = ("uidvalidity", "uid", "history_until")


def positions(cursor: Mapping[str, Any] | None) -> dict[str, Position]:
    """Read a cursor: {"folders": {"INBOX": {"uidvalidity": 7, "uid": 42, "history_until": 40}}}.

    >>> positions({"folders": {"INBOX": {"uidvalidity": 7, "uid": 42, "history_until": 40}}})["INBOX"].uid
    42
    """
    return {name: _position(each) for name, each in (cursor or {}).get("folders", {}).items()}


def as_cursor(folders: Mapping[str, Position]) -> dict[str, Any]:
    """Write a cursor, the opposite of `positions`. What stands at its default is left out.

    >>> as_cursor({"INBOX": Position(7, 42, 40)})
    {'folders': {'INBOX': {'uidvalidity': 7, 'uid': 42, 'history_until': 40}}}
    """
    return {"folders": {name: _written(each) for name, each in folders.items()}}


def where_to_go_on(known: Position | None, *, first: bool, uidvalidity: int, uid_next: int) -> Position:
    """Return the position to read a folder from, by what the cursor knows and what the server says now.

    At first connection everything below `uid_next` is history. A folder that turns up later, or whose UIDVALIDITY
    changed, is read from its start and is not: a new mail may lie in it, and known ones are recognised by their
    fingerprints (P2). Source: RFC 9051 section 2.3.1.1.

    >>> where_to_go_on(None, first=True, uidvalidity=7, uid_next=43).history_until
    42
    >>> where_to_go_on(Position(7, 42, 42), first=False, uidvalidity=8, uid_next=3).uid
    0
    """
    if known is not None and known.uidvalidity == uidvalidity:
        return known
    # After a renumbering the whole folder is listed, to tell what went under its old number and did not come back.
    return Position(uidvalidity, 0, uid_next - 1 if first else 0, existing=0 if known is None else None)


def owing(position: Position, uids: Collection[int], *, most: int = MOST_OWED) -> Position:
    """Return the position by which these UIDs come again: as owed, or, if they are too many, all from the first on.

    >>> owing(Position(7, 42), {3, 50}, most=10).owed
    (3,)
    >>> owing(Position(7, 42), {3, 4, 5}, most=2).uid
    2
    """
    owed = tuple(sorted({uid for uid in uids if 0 < uid <= position.uid}.union(position.owed)))
    if len(owed) <= most:
        return replace(position, owed=owed, asked=0)
    # How many existed up to there is not known.
    return replace(position, uid=owed[0] - 1, owed=(), asked=0, existing=None, looked_at=0, next_modseq=0)


def owed_again(known: Mapping[str, Position], identities: Collection[str]) -> dict[str, Position]:
    """Return the positions by which these identities come once more."""
    missed: dict[tuple[str, int], list[int]] = defaultdict(list)
    for identity in identities:
        name, uidvalidity, uid = identity.rsplit("/", 2)
        missed[name, int(uidvalidity)].append(int(uid))
    return {
        name: owing(each, missed[name, each.uidvalidity]) if (name, each.uidvalidity) in missed else each
        for name, each in known.items()
    }


def _position(written: Mapping[str, Any]) -> Position:
    known = {field.name for field in fields(Position)}
    return Position(**{**{key: value for key, value in written.items() if key in known}, "owed": _owed(written)})


def _owed(written: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(int(uid) for uid in written.get("owed", ()))


def _written(position: Position) -> dict[str, Any]:
    values = {field.name: getattr(position, field.name) for field in fields(Position)}
    standing = {field.name: field.default for field in fields(Position)}
    kept = {key: value for key, value in values.items() if key in _ALWAYS or value != standing[key]}
    return kept | {"owed": list(position.owed)} if position.owed else kept
