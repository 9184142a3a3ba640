"""What every step needs: handed in by the composition roots, so that no step reads a clock or a global."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Protocol

from domain.protocols import Bell, Clock
from domain.site import Site
from pipeline.active_site import ActiveSite
from pipeline.decided import Decided
from pipeline.refusals import Refusals
from pipeline.suspects import Suspects
from pipeline.ways_out import WaysOut
from pipeline.wires import Wires
from store.database import Database


class Crew(Protocol):
    """Who decides in place of this process while much waits."""

    @property
    def stopping(self) -> bool:
        """Whether whoever decides is to end after the batch at hand."""

    @property
    def at_work(self) -> bool:
        """Whether somebody of the crew decides now: until nothing waits."""

    @property
    def sharing(self) -> int:
        """How many of them claim beside each other, whoever asks included."""

    @property
    def ready(self) -> bool:
        """Whether whoever is called begins at once."""

    def call(self) -> Sequence[Future[Decided]]:
        """Let the crew decide until nothing waits; return what each will have decided. Nothing: decide yourself."""

    def close(self) -> None:
        """Let everybody end after the batch at hand, and wait for them."""


class Alone:
    """A crew of nobody."""

    at_work = ready = False

    sharing = 1

    @property
    def stopping(self) -> bool:
        """Say that nobody ends early."""
        return False

    def call(self) -> Sequence[Future[Decided]]:
        """Call nobody."""
        return ()

    def close(self) -> None:
        """Wait for nobody."""


def _no_key(_site: Site) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """One worker's surroundings."""

    database: Database
    site: ActiveSite
    wires: Wires
    clock: Clock
    bell: Bell
    #: Gives the key that alert links are signed with; empty: alerts carry none.
    link_key: Callable[[Site], str] = _no_key
    #: The worker's name, unique among all processes and threads that claim.
    worker: Callable[[], str]
    crew: Crew = field(default_factory=Alone)
    #: Set: this process is to end; who works through what waits ends after the batch in hand.
    stop: Event = field(default_factory=Event)
    #: Of the webhooks of this process.
    refusals: Refusals = field(default_factory=Refusals)
    #: Of the threads of this process that send.
    ways_out: WaysOut = field(default_factory=WaysOut)
    #: Of the threads of this process that decide.
    suspects: Suspects = field(default_factory=Suspects)

    @property
    def now(self) -> datetime:
        """The instant, from the injected clock; aware UTC."""
        return self.clock.now()


class LateRuntime:
    """The runtime that actors use; given after them, because it holds the bell that rings them."""

    _runtime: Runtime | None = None

    def set(self, runtime: Runtime) -> None:
        """Give the runtime, once, before the first bell."""
        self._runtime = runtime

    def get(self) -> Runtime:
        """Return the runtime."""
        if self._runtime is None:
            raise RuntimeError("the actors were rung before they had a runtime")
        return self._runtime
