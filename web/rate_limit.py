"""How often somebody may try to sign in, counted in this process."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

#: Names and addresses remembered at most; beyond that the oldest is forgotten, so that a flood costs no memory.
MOST_KEYS = 10_000


@dataclass
class RateLimit:
    """At most `most` tries per key within `window`."""

    most: int
    window: timedelta
    _tries: dict[str, deque[datetime]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def allows(self, key: str, now: datetime) -> bool:
        """Count a try and return whether it may be made."""
        with self._lock:
            tries = self._tries.pop(key, deque())
            while tries and tries[0] <= now - self.window:
                tries.popleft()
            allowed = len(tries) < self.most
            if allowed:
                tries.append(now)
            self._tries[key] = tries
            while len(self._tries) > MOST_KEYS:
                del self._tries[next(iter(self._tries))]
            return allowed

    def forget(self, key: str) -> None:
        """Start over for a key, because the try went well."""
        with self._lock:
            self._tries.pop(key, None)
