"""The circuit breaker as people see it: a finding that opens and closes, its alerts, and who closed it.

Reads: how many automatic replies were wanted.
Writes: the breaker, the finding on the contact center's account, events.
"""

from datetime import datetime, timedelta

from domain.account import Account, AccountStatus
from domain.brakes import closes_breaker
from domain.finding import FindingKind
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.alerting import close_quietly, open_quietly
from pipeline.runtime import Runtime
from store.breaker import close_breaker, get_breaker, hold_breaker
from store.database import Connection, Database
from store.events import append
from store.findings import list_open_findings
from store.reply_history import count_wanted
from watch.findings import replies_stopped

HOUR = timedelta(hours=1)


def tell_stopped(connection: Connection, site: Site, now: datetime) -> None:
    """Open the finding and tell the manager of the contact center, in the transaction that opened the breaker."""
    evidence = replies_stopped(site.brakes.installation_per_hour)
    open_quietly(connection, home_of(site), FindingKind.replies_stopped, evidence, now)


def close_when_over(runtime: Runtime, site: Site) -> None:
    """Let replies go again once so few are wanted that nothing can run away. Costs one small read while all is well."""
    with runtime.database.read() as connection:
        if get_breaker(connection, MACHINE).opened_at is None:
            return
    with runtime.database.write() as connection:
        held = hold_breaker(connection)
        since = max(runtime.now - HOUR, held.counted_from or runtime.now - HOUR)
        wanted = count_wanted(connection, MACHINE, since)
        if closes_breaker(site.brakes, wanted) and close_breaker(connection):
            _tell_over(connection, site, runtime.now, actor="outbox")


def close_by_hand(database: Database, site: Site, *, actor: str, now: datetime) -> bool:
    """Let replies go again because a person says so; what went before counts no more. Return whether they were stopped.

    What was held back stays held back: its tickets wait in the queue.
    """
    with database.write() as connection:
        closed = close_breaker(connection, counted_from=now)
        if closed:
            _tell_over(connection, site, now, actor=actor)
    return closed


def home_of(site: Site) -> Account:
    """Return the account that a finding about the whole installation hangs on: the contact center's first in use."""
    in_use = [each for each in site.accounts if each.status is AccountStatus.active] or list(site.accounts)
    centers = [each for each in in_use if each.unit == site.contact_center]
    return (centers or in_use)[0]


def _tell_over(connection: Connection, site: Site, now: datetime, *, actor: str) -> None:
    append(connection, "replies_resumed", at=now, organisation=home_of(site).organisation, actor=actor)
    for finding in list_open_findings(connection, MACHINE):
        if finding.kind is FindingKind.replies_stopped:
            close_quietly(connection, finding, now)
