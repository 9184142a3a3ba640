"""Crew: processes of this machine that decide while much waits, so that every core has work.

They share nothing with this process but the database: each claims its own messages, as workers on other machines do.
One that is killed, or hangs, takes nothing with it: its claims run out, and it is replaced when much waits again. They
are started when much has come for the first time, and stay.

Reads and writes: what `pipeline.decide` does.
"""

import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.synchronize import Barrier, Event

from domain.account import Account
from domain.ids import AccountId
from domain.outgoing import OutgoingKind
from domain.posted import Hook
from domain.protocols import Clock, Line, Sink, Source, Step
from domain.site import Site
from pipeline.active_site import ActiveSite
from pipeline.decide import decide_batch
from pipeline.decided import Decided
from pipeline.get_ready import get_ready
from pipeline.runtime import Alone, Runtime
from store.database import Database

log = logging.getLogger(__name__)

#: How often it is called before it is started, which takes its cores for some seconds, and memory from then on.
FEW_CALLS = 4

#: How long they may take to get ready.
STARTING_SECONDS = 60

#: How often, with what pauses, one of them looks in vain whether more has come, before it ends.
PAUSES, PAUSE_SECONDS = 5, 0.01

#: One of them that is at the same batch for so long hangs, and nobody else would notice: it ends itself. What it had
#: claimed is then decided message by message, and the one at which it hung set aside in the end.
HANGS_AFTER_SECONDS = 300

#: How often each looks whether it hangs.
LOOKS_EVERY_SECONDS = 10

#: New objects after which one of them looks for garbage in circles, of which deciding makes hardly any.
GARBAGE_AT = 10_000

#: New processes, never forked ones: a fork copies locks that threads of this one hold.
_CONTEXT = get_context("spawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """What a process of the crew is made of; it must be possible to pickle it."""

    database: Callable[[], Database]
    #: Reads a configuration from its canonical JSON.
    parse: Callable[[str], Site]
    clock: Clock
    worker: Callable[[], str]


class ProcessCrew:
    """Processes that decide in place of this one. Safe to share between threads."""

    def __init__(self, outfit: Outfit, size: int, *, few_calls: int = FEW_CALLS) -> None:
        """Keep how many there are to be; none is started yet."""
        self._outfit = outfit
        self._size = size
        self._few_calls = few_calls
        self._stopping = threading.Event()
        #: Tells the processes; made with the first of them: it takes a semaphore of the machine, which a command that
        #: becomes another program would leave behind.
        self._stop: Event | None = None
        self._lock = threading.Lock()
        self._calls = 0
        self._pool: ProcessPoolExecutor | None = None
        self._getting_ready: list[Future[None]] = []
        self._deciding: list[Future[Decided]] = []

    @property
    def stopping(self) -> bool:
        """Whether whoever decides is to end after the batch at hand."""
        return self._stopping.is_set()

    @property
    def sharing(self) -> int:
        """Nobody: who calls takes a whole batch, and leaves the rest to the others."""
        return 1

    @property
    def at_work(self) -> bool:
        """Whether somebody of the crew decides now: until nothing waits."""
        return not all(each.done() for each in self._deciding)

    @property
    def ready(self) -> bool:
        """Whether all are started, and nobody is at work."""
        getting_ready = self._getting_ready
        begun = bool(getting_ready) and all(each.done() and not each.exception() for each in getting_ready)
        return begun and self._pool is not None and not (self.stopping or self.at_work)

    def call(self) -> Sequence[Future[Decided]]:
        """Let the crew decide until nothing waits; return what each will have decided.

        Nothing, while much has seldom waited, and while they get ready: the caller decides meanwhile. One that is
        killed has decided nothing: what it had committed stands, and what it had claimed waits for its lease to end.
        """
        with self._lock:
            self._calls += 1
            if self.stopping or self._calls < self._few_calls:
                return ()
            pool = self._pool = self._pool or self._started()
            try:
                if self.at_work or not self._is_ready():
                    return ()
                self._deciding = [self._submit(pool) for _ in range(self._size)]
            except BrokenProcessPool:
                self._let_go(pool)
                return ()
            return tuple(self._deciding)

    def get_ready(self) -> None:
        """Start now, and wait until all are ready. Raises BrokenProcessPool when one dies of it."""
        with self._lock:
            self._calls = self._few_calls
            self._pool = self._pool or self._started()
        for each in self._getting_ready:
            each.result()

    def close(self) -> None:
        """Let everybody end after the batch at hand, and wait for them. Safe to call twice."""
        self._stopping.set()
        with self._lock:
            if self._stop is not None:
                self._stop.set()
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        stop = self._stop = self._stop or _CONTEXT.Event()
        together = _CONTEXT.Barrier(self._size)
        pool = ProcessPoolExecutor(self._size, _CONTEXT, initializer=_begin, initargs=(self._outfit, stop, together))
        self._getting_ready = [pool.submit(_be_ready) for _ in range(self._size)]
        return pool

    def _is_ready(self) -> bool:
        """Say whether all have begun. Raises BrokenProcessPool when one died of it, or it took far too long."""
        if not all(each.done() for each in self._getting_ready):
            return False
        if any(each.exception() for each in self._getting_ready):
            raise BrokenProcessPool("the processes that decide did not get ready")
        return True

    def _submit(self, pool: ProcessPoolExecutor) -> Future[Decided]:
        promised: Future[Decided] = Future()

        def pass_on(ended: Future[Decided]) -> None:
            fault = None if ended.cancelled() else ended.exception()
            if isinstance(fault, BrokenProcessPool):
                self._let_go(pool)
            if ended.cancelled() or isinstance(fault, BrokenProcessPool):
                promised.set_result(Decided())
            elif fault is not None:
                promised.set_exception(fault)
            else:
                promised.set_result(ended.result())

        pool.submit(_decide).add_done_callback(pass_on)
        return promised

    def _let_go(self, pool: ProcessPoolExecutor) -> None:
        """Forget a pool of which a process has died, so that the next call starts another."""
        if self._pool is pool:
            log.warning("a process that decides has died: what it had claimed is decided when its lease ends")
            self._pool = None
        pool.shutdown(wait=False)


class _Unheard:
    """A bell that nobody hears: whoever called the crew rings."""

    def ring(self, step: Step, account: AccountId | None = None) -> None:
        pass


class _NoWires:
    """To decide asks no provider for anything."""

    def source(self, account: Account) -> Source | None:
        return None

    def line(self, account: Account) -> Line | None:
        return None

    def hook(self, wire: str, account: Account) -> Hook | None:
        return None

    def sink(self, site: Site, account: Account, kind: OutgoingKind) -> Sink | None:
        return None


class _Member(Alone):
    """The crew as one of its processes sees it: there is nobody to call, and it ends when it is told to."""

    def __init__(self, stop: Event, size: int) -> None:
        self._stop = stop
        self.sharing = size

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()


#: What a process of the crew works with, and where it waits for the others: set once, when it begins.
_own: list[tuple[Runtime, Barrier]] = []

#: When it began the batch at hand, on the monotonic clock; nothing while there is none.
_begun: list[float] = []


def _begin(outfit: Outfit, stop: Event, together: Barrier) -> None:
    # Told to stop together with its parent, it goes on until the parent lets it end after the batch at hand.
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, signal.SIG_IGN)
    threading.Thread(target=_end_in_time, daemon=True).start()
    database = outfit.database()
    runtime = Runtime(
        database=database, site=ActiveSite(database, outfit.parse), wires=_NoWires(), clock=outfit.clock,
        bell=_Unheard(), worker=outfit.worker, crew=_Member(stop, together.parties),
    )  # fmt: skip
    get_ready(runtime.site(), runtime.now)
    # What is loaded stays: to look through it for what could be thrown away took a twentieth of the CPU.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AT)
    _own.append((runtime, together))


def _end_in_time() -> None:
    """End at once when the parent has died, or when this process hangs: nobody else would end it."""
    parent = parent_process()
    if parent is None:
        return
    while not (_hangs() or wait([parent.sentinel], LOOKS_EVERY_SECONDS)):
        pass
    os._exit(1)


def _hangs() -> bool:
    return any(time.monotonic() - since > HANGS_AFTER_SECONDS for since in tuple(_begun))


def _be_ready() -> None:
    """Wait until the others have begun too, so that none of them begins twice."""
    _own[0][1].wait(STARTING_SECONDS)


def _decide() -> Decided:
    """Decide until nothing has come for a while: what is being received comes batch by batch."""
    runtime, decided = _own[0][0], Decided()
    idle = 0
    while idle < PAUSES and not runtime.crew.stopping:
        _begun[:] = [time.monotonic()]
        try:
            idle = 0 if decide_batch(runtime, decided) else idle + 1
        finally:
            _begun.clear()
        time.sleep(PAUSE_SECONDS if idle else 0)
    return decided
