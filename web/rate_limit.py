"""How often somebody may do something: to sign in, counted for all processes; what costs little, in this one."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from domain.viewer import MACHINE
from store.database import Database
from store.tries import add_try, count_tries, forget_tries, give_back_try

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


@dataclass(frozen=True)
class SharedRateLimit:
    """At most `most` tries per key within `window`, over restarts and all processes on one database."""

    database: Database
    #: Tells the keys of one limit from those of another.
    name: str
    most: int
    window: timedelta

    def allows(self, key: str, now: datetime) -> bool:
        """Count a try and return whether it may be made; who has no more tries left writes nothing."""
        after = now - self.window
        with self.database.read() as connection:
            if count_tries(connection, MACHINE, self._key(key), after) >= self.most:
                return False
        with self.database.write() as connection:
            return add_try(connection, self._key(key), now, after) <= self.most

    def forget(self, key: str) -> None:
        """Start over for a key, because the try went well."""
        with self.database.write() as connection:
            forget_tries(connection, self._key(key))

    def give_back(self, key: str) -> None:
        """Count one fewer for a key, because that try was no guess; what others tried by it stays counted."""
        with self.database.write() as connection:
            give_back_try(connection, self._key(key))

    def _key(self, key: str) -> str:
        return f"{self.name}/{key}"
