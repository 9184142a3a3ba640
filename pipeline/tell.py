"""Tell: whom the findings concern is told, at once or in the digest of the day, each of it once (P11).

Reads: findings, heartbeats, open calls, who was told, what was acknowledged, late tickets.
Writes: who is told, alerts in the outbox, events.
"""

from dataclasses import dataclass
from functools import partial

from domain.protocols import Step
from pipeline.alert_link import Links
from pipeline.beat import flip_stalled
from pipeline.bounced_alerts import as_reached, flip_bounced
from pipeline.call import make_calls
from pipeline.call_off import call_off
from pipeline.guard import guarding
from pipeline.runtime import Runtime
from pipeline.tell_at_once import tell_at_once
from pipeline.tell_digests import tell_digests


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How many alerts were queued."""

    calls: int = 0
    at_once: int = 0
    digests: int = 0


def tell(runtime: Runtime) -> Telling:
    """Queue what is to be told now. Safe to run twice, and by many workers at once.

    What fails in a way nobody foresaw silences no other part, and is raised at last: whoever counts what was done must
    not take it for done, and the administrator is told that the alerts stand still.
    """
    site, now, database = runtime.site(), runtime.now, runtime.database
    with guarding() as guard:
        guard.do("what stands still", partial(flip_stalled, database, site, now))
        guard.do("the alerts that bounced", partial(flip_bounced, database, site, now))
        links = Links(site, runtime.link_key(site), now)
        # Whom an alert does not reach a call may: it goes by SMS as well.
        reached = as_reached(database, site, now)
        telling = Telling(
            calls=guard.count("calls", partial(make_calls, database, site, links, now, guard)),
            at_once=guard.count("alerts at once", partial(tell_at_once, database, reached, links, now, guard))
            + guard.count("alerts that are over", partial(call_off, database, site, now, guard)),
            digests=sum(
                guard.count("digests", partial(tell_digests, database, reached, each.id, links, now, guard))
                for each in site.organisations
            ),
        )
        if telling.calls or telling.at_once or telling.digests:
            runtime.bell.ring(Step.send)
    return telling
