"""The cursor of a page: how far its conversations, its posts and what mentions it have been read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

#: The newest objects that are remembered, to know an edit or a deletion, and what has been delivered.
REMEMBERED = 600
#: The newest conversations, posts and mentions of which we remember when they changed.
THREADS = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of an object that was read."""

    #: Changes when what it says does.
    fingerprint: str
    #: Which part it belongs to: conversations, feed or tagged.
    part: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Aside:
    """What the Graph API refused about one object, which is asked for again now and then."""

    #: Which part it belongs to, as far as that is known.
    part: str
    why: str
    since: datetime
    asked_at: datetime
    #: True: we have what it says; only whether it still stands could not be asked.
    known: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """How far one edge of the page has been read."""

    #: Everything that was listed before has been delivered; None: never read.
    listed_at: datetime | None = None
    #: When the overlap was listed last, and when everything that may still be edited was.
    overlapped_at: datetime | None = None
    deep_at: datetime | None = None
    #: When each of the newest conversations or posts changed, as the API says.
    threads: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Position:
    """How far a page has been read; the cursor is its JSON."""

    parts: Mapping[str, Part] = field(default_factory=dict)
    seen: Mapping[str, Known] = field(default_factory=dict)
    #: Identities that are to come once more.
    owed: tuple[str, ...] = ()
    #: When the page was first read: what is older is history.
    connected_at: datetime | None = None
    #: When the token was asked about last, and the step and sentence of what it lacks.
    token_at: datetime | None = None
    token_fault: tuple[str, str] | None = None
    #: Until when Meta's limit lets us rest.
    rest_until: datetime | None = None
    #: What the Graph API refused, by the id that was asked for.
    aside: Mapping[str, Aside] = field(default_factory=dict)
    #: How many of what is no longer listed have been asked about by id: each visit goes on where the last one stopped.
    turn: int = 0
    #: Of the reading that is under way: how many of its messages have been delivered.
    delivered: int = 0

    @classmethod
    def of(cls, cursor: Mapping[str, Any] | None) -> "Position":
        """Return the position that a cursor holds."""
        if not cursor:
            return cls()
        return cls(
            parts={name: _part(value) for name, value in cursor.get("parts", {}).items()},
            seen={id: _known(*value) for id, value in cursor.get("seen", {}).items()},
            owed=tuple(cursor.get("owed", ())),
            connected_at=_instant(cursor.get("connected_at")),
            token_at=_instant(cursor.get("token_at")),
            token_fault=_pair(cursor.get("token_fault")),
            rest_until=_instant(cursor.get("rest_until")),
            aside={id: _aside(*value) for id, value in cursor.get("aside", {}).items()},
            turn=int(cursor.get("turn", 0)),
            delivered=int(cursor.get("delivered", 0)),
        )

    def cursor(self) -> dict[str, Any]:
        """Return it as a cursor."""
        return {
            "parts": {name: _as_json(part) for name, part in self.parts.items()},
            "seen": {id: [each.fingerprint, each.part, int(each.at.timestamp())] for id, each in self.seen.items()},
            "owed": list(self.owed),
            "connected_at": _text(self.connected_at),
            "token_at": _text(self.token_at),
            "token_fault": self.token_fault,
            "rest_until": _text(self.rest_until),
            "aside": {id: _aside_as_json(each) for id, each in self.aside.items()},
            "turn": self.turn,
            "delivered": self.delivered,
        }

    @property
    def withheld(self) -> tuple[str, ...]:
        """Return what stands at the page and is refused to us."""
        return tuple(id for id, each in self.aside.items() if not each.known)

    def part(self, name: str) -> Part:
        """Return how far an edge has been read."""
        return self.parts.get(name, Part())


def newest(seen: Mapping[str, Known]) -> dict[str, Known]:
    """Return as many of the newest as are remembered."""
    if len(seen) <= REMEMBERED:
        return dict(seen)
    in_order = sorted(seen.items(), key=lambda each: each[1].at, reverse=True)
    return dict(in_order[:REMEMBERED])


def _part(value: Mapping[str, Any]) -> Part:
    return Part(
        listed_at=_instant(value.get("listed_at")),
        overlapped_at=_instant(value.get("overlapped_at")),
        deep_at=_instant(value.get("deep_at")),
        threads=dict(value.get("threads", {})),
    )


def _as_json(part: Part) -> dict[str, Any]:
    return {
        "listed_at": _text(part.listed_at),
        "overlapped_at": _text(part.overlapped_at),
        "deep_at": _text(part.deep_at),
        "threads": dict(part.threads),
    }


def _aside(part: str, why: str, since: str, asked_at: str, known: bool) -> Aside:
    return Aside(part, why, datetime.fromisoformat(since), datetime.fromisoformat(asked_at), known)


def _aside_as_json(each: Aside) -> list[Any]:
    return [each.part, each.why, each.since.isoformat(), each.asked_at.isoformat(), each.known]


def _known(fingerprint: str, part: str, at: int) -> Known:
    return Known(fingerprint, part, datetime.fromtimestamp(at, UTC))


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _pair(value: Any) -> tuple[str, str] | None:
    return (str(value[0]), str(value[1])) if value else None


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
