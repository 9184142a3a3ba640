"""The cursor of a Twilio number: how far it has been read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Position:
    """How far a number has been read; the cursor is its JSON."""

    #: Everything that was listed before has been delivered; None: never connected.
    listed_at: datetime | None = None
    #: When the whole overlap was listed last.
    overlapped_at: datetime | None = None
    #: The newest of the account's list when it was read last, whichever number they concern.
    seen: tuple[str, ...] = ()
    #: Identities that are to come once more.
    owed: tuple[str, ...] = ()
    #: Of the reading that is under way: how many of its messages have been delivered.
    delivered: int = 0

    @classmethod
    def of(cls, cursor: Mapping[str, Any] | None) -> "Position":
        """Return the position that a cursor holds."""
        if not cursor:
            return cls()
        return cls(
            listed_at=_instant(cursor.get("listed_at")),
            overlapped_at=_instant(cursor.get("overlapped_at")),
            seen=tuple(cursor.get("seen", ())),
            owed=tuple(cursor.get("owed", ())),
            delivered=int(cursor.get("delivered", 0)),
        )

    def cursor(self) -> dict[str, Any]:
        """Return it as a cursor."""
        return {
            "listed_at": self.listed_at.isoformat() if self.listed_at else None,
            "overlapped_at": self.overlapped_at.isoformat() if self.overlapped_at else None,
            "seen": list(self.seen),
            "owed": list(self.owed),
            "delivered": self.delivered,
        }


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
