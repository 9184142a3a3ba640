"""Tell: whom the findings concern is told, at once or in the digest of the day, each of it once (P11).

Reads: findings, heartbeats, open calls, who was told, what was acknowledged, late tickets.
Writes: who is told, alerts in the outbox, events.
"""

from dataclasses import dataclass

from domain.protocols import Step
from pipeline.alert_link import Links
from pipeline.beat import flip_stalled
from pipeline.call import make_calls
from pipeline.runtime import Runtime
from pipeline.tell_at_once import call_off, tell_at_once
from pipeline.tell_digests import tell_digests


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How many alerts were queued."""

    calls: int = 0
    at_once: int = 0
    digests: int = 0


def tell(runtime: Runtime) -> Telling:
    """Queue what is to be told now. Safe to run twice, and by many workers at once."""
    site, now = runtime.site(), runtime.now
    flip_stalled(runtime.database, site, now)
    links = Links(site, runtime.link_key(site), now)
    telling = Telling(
        calls=make_calls(runtime.database, site, links, now),
        at_once=tell_at_once(runtime.database, site, links, now) + call_off(runtime.database, site, now),
        digests=sum(tell_digests(runtime.database, site, each.id, links, now) for each in site.organisations),
    )
    if telling.calls or telling.at_once or telling.digests:
        runtime.bell.ring(Step.send)
    return telling
