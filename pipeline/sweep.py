"""Sweep: the bells rung by the clock, so that nothing waits for a bell that was lost.

Reads: heartbeats, to see which accounts are due.
Writes: nothing.
"""

from domain.account import AccountStatus
from domain.ids import AccountId
from domain.protocols import Step
from domain.viewer import MACHINE
from pipeline.runtime import Runtime
from store.accounts import list_heartbeats


def accounts_due(runtime: Runtime) -> tuple[AccountId, ...]:
    """Return the accounts that are read at intervals and were not visited within one."""
    site = runtime.site()
    now = runtime.now
    with runtime.database.read() as connection:
        visited = {heartbeat.account: heartbeat.visited_at for heartbeat in list_heartbeats(connection, MACHINE)}
    return tuple(
        account.id
        for account in site.accounts
        if account.imap is not None
        and account.status is not AccountStatus.closed
        and ((last := visited.get(account.id)) is None or now - last >= site.run.poll_every)
    )


def sweep(runtime: Runtime) -> None:
    """Ring every bell once: receive for the accounts that are due, then each step."""
    for account in accounts_due(runtime):
        runtime.bell.ring(Step.receive, account)
    for step in (Step.decide, Step.send, Step.watch, Step.seal):
        runtime.bell.ring(step)
