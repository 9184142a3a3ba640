"""Listen: hold every mailbox in IDLE, and ring its bell at once when it changes. Polling stays as the net under it.

Reads: the site, for which accounts there are.
Writes: nothing but the listener's lease.
"""

import logging
import selectors
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from domain.account import Account, AccountStatus, Channel
from domain.errors import BadInput, Unreachable
from domain.ids import AccountId
from domain.protocols import Line, Step
from pipeline.runtime import Runtime
from store.leases import claim_lease, release_lease

log = logging.getLogger(__name__)

#: Each line is asked this often whether it still answers. A server that hangs, or a router that forgot the line, says
#: nothing, as a mailbox does where nothing happens. (For the server alone 29 minutes would do: RFC 2177.)
CHECK_AFTER_SECONDS = 25.0

#: The first wait after a failure, and the longest; each failure doubles it.
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 5.0, 300.0

#: Lines opened or asked at once, over all hosts and at one, and how many of them may have failed the last time: hosts
#: that hang must not hold the others up.
AT_ONCE, AT_ONCE_PER_HOST, MOST_FAILING = 16, 3, 8

#: How often finished work is looked for, and how often a listener that stands by asks for the lease.
TICK_SECONDS, STAND_BY_SECONDS = 0.2, 1.0

#: A listener that died gives way to another after this.
LISTENING = timedelta(seconds=15)


@dataclass(slots=True)
class _Held:
    """One account's line: idle, being worked on, or waiting for its next try."""

    account: Account
    line: Line
    #: When it is opened or asked next, on the monotonic clock.
    next_at: float
    is_open: bool = False
    #: In a row; a line that was opened has to answer once before they are forgotten.
    failures: int = 0
    work: Future[bool] | None = field(default=None)

    @property
    def host(self) -> str:
        """The account's server."""
        return self.account.imap.host if self.account.imap else ""


class Listener:
    """Holds the lines. One runs at a time in an installation, by lease; others stand by."""

    def __init__(
        self, runtime: Runtime, *, monotonic: Callable[[], float], jitter: Callable[[], float], holder: str
    ) -> None:
        """Hold nothing yet.

        Args:
            runtime: for the site, the wires and the bell.
            monotonic: seconds that only grow.
            jitter: a factor around 1, so that a host that comes back is not met by everybody at once.
            holder: this listener's name, for the lease.
        """
        self._runtime = runtime
        self._monotonic = monotonic
        self._jitter = jitter
        self._holder = holder
        self._held: dict[AccountId, _Held] = {}
        self._selector = selectors.DefaultSelector()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="listen")
        self._lease_until = 0.0

    @property
    def idle(self) -> int:
        """How many lines are held in IDLE now."""
        return sum(held.is_open and held.work is None for held in self._held.values())

    def run(self, stop: Event) -> None:
        """Listen until told to stop."""
        try:
            while not stop.is_set():
                try:
                    self._turn(stop)
                except Exception:
                    log.exception("the listener stumbled: it goes on, and polling never stopped")
                    stop.wait(STAND_BY_SECONDS)
        finally:
            self._let_go()
            self._pool.shutdown(wait=False, cancel_futures=True)
            with self._runtime.database.write() as connection:
                release_lease(connection, "listener", self._holder)

    def _turn(self, stop: Event) -> None:
        if not self._is_ours():
            self._let_go()
            stop.wait(STAND_BY_SECONDS)
            return
        self._follow_site()
        self._finish_work()
        self._start_work()
        self._wait_for_changes()

    def _is_ours(self) -> bool:
        now = self._monotonic()
        if now < self._lease_until:
            return True
        with self._runtime.database.write() as connection:
            ours = claim_lease(connection, "listener", self._holder, LISTENING)
        if ours:
            self._lease_until = now + LISTENING.total_seconds() / 3
        return ours

    def _follow_site(self) -> None:
        """Hold a line for each account that is read over IMAP, under its present settings."""
        wanted = {each.id: each for each in self._runtime.site().accounts if _is_listened_to(each)}
        for id in [id for id, held in self._held.items() if wanted.get(id) != held.account]:
            self._drop(self._held.pop(id))
        for id, account in wanted.items():
            if id not in self._held:
                self._take_up(account)

    def _take_up(self, account: Account) -> None:
        try:
            line = self._runtime.wires.line(account)
        except BadInput as error:
            log.warning("%s is not listened to: %s", account.id, error)
            return
        if line is not None:
            self._held[account.id] = _Held(account, line, next_at=self._monotonic())

    def _start_work(self) -> None:
        """Open or ask what is due, a few at a time per host."""
        now = self._monotonic()
        at_work = [held for held in self._held.values() if held.work is not None]
        busy, failing = Counter(held.host for held in at_work), sum(held.failures > 0 for held in at_work)
        for held in self._held.values():
            if held.work is not None or held.next_at > now or busy[held.host] >= AT_ONCE_PER_HOST:
                continue
            if held.failures and failing >= MOST_FAILING:
                continue
            self._unregister(held)
            held.work = self._pool.submit(_renewed if held.is_open else _opened, held.line)
            busy[held.host] += 1
            failing += held.failures > 0

    def _finish_work(self) -> None:
        for held in self._held.values():
            if held.work is None or not held.work.done():
                continue
            work, held.work = held.work, None
            try:
                changed = work.result()
            except Unreachable as error:
                self._failed(held, error)
                continue
            # A server that takes lines and drops them at once is no reason to hurry.
            held.is_open, held.failures = True, 0 if held.is_open else held.failures
            held.next_at = self._monotonic() + CHECK_AFTER_SECONDS * self._jitter()
            self._selector.register(held.line.fileno(), selectors.EVENT_READ, held)
            if changed:
                self._ring(held)

    def _wait_for_changes(self) -> None:
        for key, _ in self._selector.select(TICK_SECONDS):
            held: _Held = key.data
            try:
                if held.line.changed():
                    self._ring(held)
            except Unreachable as error:
                self._unregister(held)
                self._failed(held, error)

    def _failed(self, held: _Held, error: Unreachable) -> None:
        """Wait longer after each failure. The account is visited at once: that fetches what nobody heard of, or says
        what is wrong.
        """
        held.line.close()
        if held.is_open or not held.failures:
            self._ring(held)
        held.is_open = False
        wait = min(FIRST_WAIT_SECONDS * 2**held.failures, LONGEST_WAIT_SECONDS)
        held.failures += 1
        held.next_at = self._monotonic() + wait * self._jitter()
        log.info("the line to %s is tried again: %s", held.account.id, error)

    def _ring(self, held: _Held) -> None:
        self._runtime.bell.ring(Step.receive, held.account.id)

    def _drop(self, held: _Held) -> None:
        self._unregister(held)
        if held.work is not None:
            held.work.add_done_callback(lambda _: held.line.close())
        else:
            held.line.close()

    def _let_go(self) -> None:
        for held in self._held.values():
            self._drop(held)
        self._held.clear()
        self._lease_until = 0.0

    def _unregister(self, held: _Held) -> None:
        for key in list(self._selector.get_map().values()):
            if key.data is held:
                self._selector.unregister(key.fileobj)


def _opened(line: Line) -> bool:
    """Open a line; what came while nobody listened is worth a visit."""
    line.open()
    return True


def _renewed(line: Line) -> bool:
    return line.renew()


def _is_listened_to(account: Account) -> bool:
    return account.channel is Channel.email and account.imap is not None and account.status is not AccountStatus.closed
