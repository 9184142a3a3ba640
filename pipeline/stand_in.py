"""Stand in: when the workers stand still, the scheduler itself tells of it, for nobody else would.

Reads: when each part of the work was last done.
Writes: as tell and send.
"""

from secrets import token_hex

from domain.protocols import Step
from domain.viewer import MACHINE
from pipeline.beat import stalled
from pipeline.runtime import Runtime
from pipeline.send import LONGEST, send
from pipeline.tell import tell
from store.beats import list_beats
from store.leases import claim_lease

#: What must go on for an alert to leave.
NEEDED = frozenset({Step.tell, Step.send})

LEASE = "stand-in"


def stand_in(runtime: Runtime) -> bool:
    """Tell and send in place of workers that stand still, not more often than they stall; return whether it was done.

    Costs one small read while all is well.
    """
    site = runtime.site()
    with runtime.database.read() as connection:
        still = {part for part, _ in stalled(list_beats(connection, MACHINE), site, runtime.now)}
    if not still & NEEDED:
        return False
    with runtime.database.write() as connection:
        holder = f"{runtime.worker()}/{token_hex(4)}"
        if not claim_lease(connection, LEASE, holder, site.signal.stalled_after):
            return False
    try:
        tell(runtime)
    finally:
        send(runtime, at_most=LONGEST)
    return True
