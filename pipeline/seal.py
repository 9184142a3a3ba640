"""Seal: chain the event log by hash, one sealer at a time (P13).

Reads: events without a seal.
Writes: their seals and the head of the chain.
"""

from datetime import timedelta

from pipeline.runtime import Runtime
from store.events import seal_batch
from store.leases import claim_lease, release_lease

SEALING = timedelta(minutes=2)


def seal(runtime: Runtime) -> int:
    """Seal everything written so far; return how many events. Nothing when somebody else is sealing."""
    sealed = 0
    while True:
        with runtime.database.write() as connection:
            if not claim_lease(connection, "sealer", runtime.worker(), SEALING):
                return sealed
            batch = seal_batch(connection)
            if not batch:
                release_lease(connection, "sealer", runtime.worker())
                return sealed
        sealed += batch
