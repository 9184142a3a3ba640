"""Reconcile: once a day per account, hold what exists at the provider against the ledger, and fetch what was missed.

Reads: the provider's inventory; the ledger.
Writes: what was missed, as `receive` does; what has gone, as evidence; a finding, an event, how it went;
forgets which rules hit messages of long ago.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from domain.account import Account, AccountStatus
from domain.errors import Unreachable
from domain.ids import AccountId
from domain.message import Batch
from domain.protocols import Rereads, Source
from domain.viewer import MACHINE
from pipeline.look_again import confirm_gone
from pipeline.receive import Received, drain, note_failed, with_source
from pipeline.runtime import Runtime
from pipeline.shortfalls import flip_missed
from pipeline.visit import place
from store.accounts import get_cursor, list_heartbeats, set_cursor
from store.columns import as_key
from store.entries import Entry, find_entries, list_there
from store.events import append
from store.ledger import note_back, note_gone
from store.reconciliations import claim_reconciliation, list_reconciliations, set_reconciliation
from store.rule_hits import drop_old_hits

#: How often each account is compared.
EVERY = timedelta(days=1)

#: How long it is kept which rules hit a message, beside its explanation: its page shows the last thirty days.
HITS_KEPT = timedelta(days=400)

#: A comparison that did not come to an end is tried again after this.
AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """How a comparison went."""

    account: AccountId
    #: Messages at the provider.
    existing: int = 0
    #: Messages that we had missed, and how many of them came when they were asked for again.
    missed: int = 0
    fetched: int = 0
    #: Messages that had disappeared without our noticing.
    gone: int = 0
    #: Why nothing was compared; empty when it went well.
    problem: str = ""


def accounts_to_reconcile(runtime: Runtime) -> tuple[AccountId, ...]:
    """Return the next account of each host that can be read and was not compared within a day.

    One a host and sweep: it takes a place from mail that waits, and has the whole day.
    """
    now = runtime.now
    with runtime.database.read() as connection:
        last = {each.account: each for each in list_reconciliations(connection, MACHINE)}
        heartbeats = {each.account: each for each in list_heartbeats(connection, MACHINE)}
    readable = {
        id
        for id, each in heartbeats.items()
        if each.read_at is not None and each.failing_since is None and not each.rests(now)
    }
    late = {
        id
        for id, each in last.items()
        if (each.at is None or now - each.at >= EVERY) and now - each.tried_at >= AGAIN
    }  # fmt: skip
    next_ones: dict[str, AccountId] = {}
    for account in runtime.site().accounts:
        if account.status is AccountStatus.closed or not account.is_connected or account.id not in readable:
            continue
        if account.id in late or account.id not in last:
            next_ones.setdefault(account.host, account.id)
    return tuple(next_ones.values())


def reconcile_when_due(runtime: Runtime, id: AccountId) -> Reconciled:
    """Compare an account, unless that was begun within the hour: a bell may be rung many times."""
    site = runtime.site()
    account = site.account(id)
    with place(runtime, site, account) as free:
        if not free:
            return Reconciled(account=id, problem="every connection to its host is in use")
        return _reconcile(runtime, id, lambda: _is_first(runtime, account))


def reconcile(runtime: Runtime, id: AccountId) -> Reconciled:
    """Compare what exists at the provider with the ledger, and fetch what was missed. Safe to run twice."""
    return _reconcile(runtime, id, lambda: True)


def _is_first(runtime: Runtime, account: Account) -> bool:
    now = runtime.now
    with runtime.database.write() as connection:
        return claim_reconciliation(connection, account, now, now - AGAIN)


def _reconcile(runtime: Runtime, id: AccountId, may_begin: Callable[[], bool]) -> Reconciled:
    done: list[Reconciled] = []

    def work(account: Account, source: Source) -> Received:
        # Asked by who has the account alone: a visit under way must not put the comparison off for an hour.
        if not may_begin():
            return Received(account=id, passed_over=True, problem="it was begun a short while ago")
        return _compare(runtime, account, source, done)

    received = with_source(runtime, id, work)
    return done[0] if done else Reconciled(account=id, problem=received.problem)


def _compare(runtime: Runtime, account: Account, source: Source, done: list[Reconciled]) -> Received:
    with runtime.database.read() as connection:
        before = {as_key(entry.identity) for entry in list_there(connection, MACHINE, account.id)}
    try:
        existing = {as_key(identity): identity for identity in source.inventory()}
    except Unreachable as error:
        return note_failed(runtime, account, Received(account=account.id), error)
    # What was there when it was listed must be in the ledger once everything new has been read.
    received, batch = drain(runtime, account, source)
    if batch is None or batch.fault is not None:
        return received
    disappeared, missed = _differences(runtime, account, before, existing, batch)
    gone = len(disappeared)
    if isinstance(source, Rereads):
        gone = confirm_gone(runtime, account, source, [entry.identity for entry in disappeared])
    else:
        with runtime.database.write() as connection:
            note_gone(connection, account, disappeared, runtime.now)
    fetched, again = _fetch(runtime, account, source, missed)
    result = Reconciled(
        account=account.id, existing=len(existing), missed=len(missed), fetched=fetched, gone=gone
    )  # fmt: skip
    _note(runtime, account, result)
    done.append(result)
    return replace(received, fetched=received.fetched + again.fetched, new=received.new + again.new)


def _differences(
    runtime: Runtime, account: Account, before: set[str], existing: dict[str, str], batch: Batch
) -> tuple[list[Entry], list[str]]:
    """Note what has come back unseen; return what has gone, and what was missed."""
    withheld = {as_key(identity) for identity in batch.withheld}
    with runtime.database.write() as connection:
        there = {as_key(entry.identity): entry for entry in list_there(connection, MACHINE, account.id)}
        since = runtime.now - account.listed_back if account.listed_back is not None else None
        gone = [
            entry
            for key, entry in there.items()
            if key in before and key not in existing and (since is None or entry.provider_at >= since)
        ]
        unknown = [identity for key, identity in existing.items() if key not in there and key not in withheld]
        known: dict[str, Entry] = find_entries(connection, MACHINE, account.id, unknown)
        # What the listing just missed may have gone since the inventory: it has been noted, and is no loss.
        back = [entry for key, entry in known.items() if key not in before]
        note_back(connection, account, back, runtime.now)
    return gone, [identity for identity in unknown if as_key(identity) not in known]


def _fetch(runtime: Runtime, account: Account, source: Source, missed: list[str]) -> tuple[int, Received]:
    """Fetch what was missed; return how many of it came."""
    nothing = Received(account=account.id)
    if not missed:
        return 0, nothing
    with runtime.database.write() as connection:
        cursor = get_cursor(connection, MACHINE, account.id)
        set_cursor(connection, account.id, account.organisation, source.fetch_again(cursor or {}, missed))
    received, _ = drain(runtime, account, source)
    with runtime.database.read() as connection:
        return len(find_entries(connection, MACHINE, account.id, missed)), received


def _note(runtime: Runtime, account: Account, result: Reconciled) -> None:
    now = runtime.now
    with runtime.database.write() as connection:
        set_reconciliation(
            connection, account, at=now, existing=result.existing, missed=result.missed, gone=result.gone
        )  # fmt: skip
        append(
            connection, "reconciled", at=now, organisation=account.organisation, actor="reconcile",
            account=account.id, existing=result.existing, missed=result.missed, fetched=result.fetched,
            gone=result.gone,
        )  # fmt: skip
        drop_old_hits(connection, now - HITS_KEPT)
    flip_missed(runtime, account, result.missed, result.fetched)
