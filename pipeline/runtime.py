"""What every step needs: handed in by the composition roots, so that no step reads a clock or a global."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.protocols import Bell, Clock
from pipeline.active_site import ActiveSite
from pipeline.wires import Wires
from store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """One worker's surroundings."""

    database: Database
    site: ActiveSite
    wires: Wires
    clock: Clock
    bell: Bell
    #: The worker's name, unique among all processes and threads that claim.
    worker: Callable[[], str]

    @property
    def now(self) -> datetime:
        """The instant, from the injected clock; aware UTC."""
        return self.clock.now()
