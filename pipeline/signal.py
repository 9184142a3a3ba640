"""Signal: while all is well an address outside is asked for, so that somebody notices when it stops (P11).

Reads: when each part of the work was last done, what waits and since when.
Writes: its lease, which shows too that the database can be written.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from secrets import token_hex

from domain.errors import Unreachable
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.beat import expected, stalled
from pipeline.runtime import Runtime
from store.backlog import list_backlog
from store.beats import list_beats
from store.database import Database
from store.leases import claim_lease

#: What moves on within moments while all is well.
MOVING = frozenset({("message", "waiting"), ("send", "queued"), ("event", "unsealed")})

log = logging.getLogger(__name__)

#: Held for as long as the settings say, so that of many workers one sends in each interval.
LEASE = "signal"


def signal(runtime: Runtime, send: Callable[[str, float], None]) -> bool:
    """Send the signal if it is time, and all is well; return whether it went."""
    site, now = runtime.site(), runtime.now
    settings = site.signal
    if not settings.url or not _is_time(runtime.database, site, f"{runtime.worker()}/{token_hex(4)}"):
        return False
    wrong = what_is_wrong(runtime.database, site, now)
    if wrong:
        log.warning("no signal goes: %s", "; ".join(wrong))
        return False
    try:
        send(settings.url, settings.timeout_seconds)
    except Unreachable as fault:
        log.warning("%s", fault)
        return False
    return True


def what_is_wrong(database: Database, site: Site, now: datetime) -> tuple[str, ...]:
    """Return why no signal may go, a few words each; nothing: all is well."""
    with database.read() as connection:
        beats = list_beats(connection, MACHINE)
        backlog = list_backlog(connection, MACHINE, now)
    missing = [f"{part} was never done" for part in expected(site) if part not in beats]
    still = [f"{part} stands still" for part, _ in stalled(beats, site, now)]
    old = [
        f"a {each.kind} is {each.state} since {each.oldest_at:%Y-%m-%d %H:%M}"
        for each in backlog
        if (each.kind, each.state) in MOVING and now - each.oldest_at > site.signal.longest_wait
    ]
    return (*missing, *still, *old)


def _is_time(database: Database, site: Site, holder: str) -> bool:
    # Nobody gives it back: it is the time until the next signal.
    with database.write() as connection:
        return claim_lease(connection, LEASE, holder, site.signal.every)
