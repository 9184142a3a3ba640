"""Shared: what many visitors are shown alike is made once, and again only when something has changed."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any, TypeVar, cast

#: Things remembered at most; beyond that what was asked for longest ago is forgotten.
MOST_KEYS = 200

Made = TypeVar("Made")


@dataclass
class _Entry:
    lock: Lock = field(default_factory=Lock)
    state: Hashable = None
    made_at: float = -1e9
    made: Any = None


@dataclass
class Shared:
    """Keeps what was made, each under its key, for all threads of the process; one makes it while the others wait."""

    _entries: OrderedDict[Hashable, _Entry] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(
        self, key: Hashable, state: Callable[[], Hashable], make: Callable[[], Made], *, patience_seconds: float = 0
    ) -> Made:
        """Return what stands under the key; make it anew when the state is another than it was made in.

        Args:
            key: what it is, and for whom: two visitors share a key only if they may see the same.
            state: what it depends on; asked before it is made, so that no change is missed.
            make: makes it.
            patience_seconds: it may be as old as this whatever has changed.
        """
        entry = self._entry(key)
        with entry.lock:
            now = monotonic()
            if now - entry.made_at >= patience_seconds:
                current = state()
                if entry.made_at < 0 or entry.state != current:
                    entry.made, entry.state = make(), current
                entry.made_at = now
            return cast(Made, entry.made)

    def _entry(self, key: Hashable) -> _Entry:
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            while len(self._entries) > MOST_KEYS:
                self._entries.popitem(last=False)
            return entry
