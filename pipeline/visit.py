"""Visit: receive from an account, with no more than a few connections to its host at once.

Accounts that their provider lists together are visited together.

One host that hangs then holds up a few threads, and nobody else's mail.

Reads: the site, for the host and its limit.
Writes: the leases of the host's places; else as receive.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from domain.account import Account, AccountStatus
from domain.ids import AccountId
from domain.site import Site
from pipeline.due import is_asked_for_already, note_asked_for, note_heard, places, ring_due
from pipeline.receive import PLACES, Received, receive
from pipeline.runtime import Runtime
from store.leases import claim_lease, release_lease


def visit(runtime: Runtime, id: AccountId) -> Received:
    """Receive, if the account's host has a place free, else ask for another visit; then ring for those that wait."""
    if is_asked_for_already(runtime, id):
        return Received(account=id, passed_over=True, problem="who reads it now will see that more has come")
    note_heard(runtime, id)
    site = runtime.site()
    account = site.account(id)
    if not account.is_connected:
        return receive(runtime, id)
    with place(runtime, site, account) as free:
        received = _receive(runtime, site, account) if free else _passed_over(id, account.host)
    if received.passed_over:
        # What rang may have come after the other worker had looked.
        note_asked_for(runtime, id)
    else:
        ring_due(runtime)
    return received


def _receive(runtime: Runtime, site: Site, account: Account) -> Received:
    received = receive(runtime, account.id)
    if account.is_listed_together and not received.failed_step:
        for other in site.accounts:
            if other.host == account.host and other.id != account.id and other.status is not AccountStatus.closed:
                note_heard(runtime, other.id)
                receive(runtime, other.id)
    return received


def _passed_over(id: AccountId, host: str) -> Received:
    return Received(account=id, passed_over=True, problem=f"every connection to {host} is in use")


@contextmanager
def place(runtime: Runtime, site: Site, account: Account) -> Iterator[bool]:
    """Hold one of the places of an account's host during the block; give False when all are taken."""
    names = [f"{PLACES}{account.host}/{number}" for number in range(places(site, account))]
    worker = runtime.worker()
    with runtime.database.write(durable=False) as connection:
        taken = next(
            (name for name in names if claim_lease(connection, name, worker, site.run.reading_lease)),
            None,
        )
    try:
        yield taken is not None
    finally:
        if taken is not None:
            with runtime.database.write(durable=False) as connection:
                release_lease(connection, taken, worker)
