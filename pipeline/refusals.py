"""Refusals: requests to webhooks that were not what they said, counted in memory, so that a flood fills no database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from domain.ids import AccountId

#: What is written of an account's refusals is written once in so long.
WINDOW = timedelta(minutes=1)

#: Refusals of an account within a window after which whoever goes on is told to come later.
MOST = 20


@dataclass(frozen=True, slots=True)
class Noted:
    """What one refusal means."""

    #: How many are to be written down now, with those before it that were not; mostly none.
    unwritten: int
    #: Whether there have been so many lately that the sender is to wait.
    too_many: bool


@dataclass(slots=True)
class _Window:
    """An account's refusals since an instant."""

    since: datetime
    count: int = 0
    unwritten: int = 0


@dataclass
class Refusals:
    """Counts the refusals of this process; safe between threads. There is one entry an account, whoever knocks."""

    _windows: dict[AccountId, _Window] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def note(self, account: AccountId, now: datetime) -> Noted:
        """Count one more refusal of an account."""
        with self._lock:
            window = self._windows.setdefault(account, _Window(now))
            if now - window.since >= WINDOW:
                window.since, window.count = now, 0
            window.count += 1
            window.unwritten += 1
            unwritten = window.unwritten if window.count == 1 else 0
            window.unwritten -= unwritten
            return Noted(unwritten=unwritten, too_many=window.count > MOST)
