"""Ways out: which hosts take what we send slowly, so that of a process one thread at most hangs there.

Reads: nothing.
Writes: nothing; what it knows lies in memory.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock, get_ident

from domain.ids import AccountId
from domain.outgoing import OutgoingKind
from domain.site import Site

#: A host that takes longer over one message is slow, until it has taken one in less.
SLOW = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class _Visit:
    host: str
    urgent: bool
    since: float


@dataclass
class WaysOut:
    """Who of this process is at which host; safe between threads.

    Whoever sends only what is urgent is counted apart: the others must not hold it up, whom a slow host keeps for long.
    """

    #: Seconds of a clock that nobody sets.
    monotonic: Callable[[], float] = time.monotonic
    _visits: dict[int, _Visit] = field(default_factory=dict)
    _slow: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def at(self, host: str, *, urgent: bool) -> Iterator[bool]:
        """Be at a host during the block; give False where it is slow and another thread is at a slow one already."""
        with self._lock:
            others = [each.host for each in self._visits.values() if each.urgent == urgent]
            free = not (self._is_slow(host) and any(map(self._is_slow, others)))
            if free:
                self._visits[get_ident()] = _Visit(host, urgent, self.monotonic())
        try:
            yield free
        finally:
            if free:
                self._leave()

    def is_slow(self, host: str) -> bool:
        """Ask whether a host took long over the last message, or does so now."""
        with self._lock:
            return self._is_slow(host)

    def _leave(self) -> None:
        with self._lock:
            visit = self._visits.pop(get_ident())
            if self._takes_long(visit):
                self._slow.add(visit.host)
            else:
                self._slow.discard(visit.host)

    def _is_slow(self, host: str) -> bool:
        return host in self._slow or any(each.host == host and self._takes_long(each) for each in self._visits.values())

    def _takes_long(self, visit: _Visit) -> bool:
        return self.monotonic() - visit.since > SLOW.total_seconds()


def host_out(site: Site, id: AccountId, kind: OutgoingKind) -> str:
    """Return where a message of an account leaves by: what is slow there is slow for all that share it.

    Alerts have ways of their own, which know by themselves which of them rests (`alert_ways.py`).
    """
    if kind is OutgoingKind.alert:
        return "alerts"
    account = site.find_account(id)
    if account is None:
        return id
    if account.connector is not None:
        return f"{account.connector.name}/{id}"
    for provider in (account.facebook, account.twilio):
        if provider is not None:
            return provider.base_url
    return account.smtp.host if account.smtp is not None else id
