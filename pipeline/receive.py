"""Receive: bring everything from one account into the database, originals first.

Reads: the account's cursor; the provider.
Writes: originals, messages (waiting), the ledger, evidence, the cursor and the heartbeat, in one transaction a batch
(P1); files that lie beside messages; findings about old mail and about what the server withholds.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.account import Account
from domain.errors import BadInput, LimitReached, Unreachable
from domain.finding import FindingKind
from domain.ids import AccountId
from domain.message import Batch
from domain.protocols import FileSource, Rereads, Source, Step
from domain.viewer import MACHINE
from pipeline.alerting import open_quietly
from pipeline.files import fetch_files
from pipeline.look_again import look_again
from pipeline.observe import observe, settle
from pipeline.page import note_alive
from pipeline.runtime import Runtime
from pipeline.shortfalls import flip_withheld
from store.accounts import get_cursor, mark_failed, mark_read, mark_resting, rests_until, set_cursor
from store.database import Connection
from store.events import append
from store.leases import claim_lease, release_lease, renew_leases
from store.ledger import note_arrivals
from store.messages import count_unhandled_history
from watch.findings import old_unhandled

#: What the leases of hosts' places begin with.
PLACES = "host/"

#: How long a first connection may take: a mark that old mail is to be counted, whoever will.
UNCOUNTED = timedelta(days=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What one visit to an account brought."""

    account: AccountId
    fetched: int = 0
    new: int = 0
    history: int = 0
    #: The step at which the account could not be read, as in Unreachable; empty when it went well.
    failed_step: str = ""
    #: Why nothing was read, in a sentence; empty when it went well.
    problem: str = ""
    #: True: nobody tried, because the account has no connector or somebody else is reading it.
    passed_over: bool = False

    @property
    def duplicates(self) -> int:
        """How many were stored already."""
        return self.fetched - self.new


def receive(runtime: Runtime, id: AccountId) -> Received:
    """Fetch and store all that has come to an account since the last visit. Safe to run twice, and twice at once."""
    return with_source(runtime, id, lambda account, source: _visit(runtime, account, source))


def _visit(runtime: Runtime, account: Account, source: Source) -> Received:
    received, batch = drain(runtime, account, source)
    if batch is not None and batch.rests_until is None and isinstance(source, FileSource):
        if received.new:
            # Decided while the files are fetched.
            runtime.bell.ring(Step.decide)
        fetch_files(runtime, account, source)
    if batch is not None and batch.rests_until is None and isinstance(source, Rereads):
        look_again(runtime, account, source)
    return received


def with_source(runtime: Runtime, id: AccountId, work: Callable[[Account, Source], Received]) -> Received:
    """Open an account's source and do some work with it, alone; ring for what is to be decided."""
    site = runtime.site()
    account = site.account(id)
    try:
        source = runtime.wires.source(account)
    except BadInput as error:
        return note_failed(runtime, account, Received(account=id), Unreachable("sign_in", str(error)))
    if source is None:
        return Received(account=id, passed_over=True, problem="no connector is built or configured for it")
    with runtime.database.read() as connection:
        until = rests_until(connection, MACHINE, id, runtime.now)
    if until is not None:
        return Received(account=id, problem=f"its provider is asked nothing before {until.isoformat()}: it said so")
    lease = f"account/{id}"
    # Of leases, what a cut of the power undoes was of nobody who is still there.
    with runtime.database.write(durable=False) as connection:
        if not claim_lease(connection, lease, runtime.worker(), site.run.reading_lease):
            return Received(account=id, passed_over=True, problem="it is being read by another worker")
    try:
        with closing(source):
            received = work(account, source)
    except Exception as error:
        why = f"reading it failed in a way nobody foresaw ({type(error).__name__}): tell whoever runs Svarsvakt"
        note_failed(runtime, account, Received(account=id), Unreachable("protocol", why))
        raise
    finally:
        with runtime.database.write(durable=False) as connection:
            release_lease(connection, lease, runtime.worker())
    if received.new:
        runtime.bell.ring(Step.decide)
    return received


def drain(runtime: Runtime, account: Account, source: Source) -> tuple[Received, Batch | None]:
    """Fetch and store until there is no more; return what it brought, and the last batch.

    The batch is None where the reading broke, or was to end before the account did; where it has a fault, a part of the
    account could not be read.
    """
    received = Received(account=account.id)
    with runtime.database.read() as connection:
        cursor = get_cursor(connection, MACHINE, account.id)
    while True:
        try:
            batch = source.fetch(cursor)
        except Unreachable as error:
            return note_failed(runtime, account, received, error), None
        new = _store(runtime, account, batch)
        if new is None:
            return replace(received, problem="another worker took over", passed_over=True), None
        if new and batch.more:
            # Who decides begins while the rest is fetched.
            runtime.bell.ring(Step.decide)
        received = replace(
            received,
            fetched=received.fetched + len(batch.arrivals),
            new=received.new + new,
            history=received.history + sum(arrival.history for arrival in batch.arrivals),
        )
        cursor = batch.next_cursor
        if not batch.more:
            flip_withheld(runtime, account, batch.withheld)
            if batch.fault is not None:
                received = note_failed(runtime, account, received, batch.fault)
            return received, batch
        if runtime.stop.is_set():
            runtime.bell.ring(Step.receive, account.id)
            return received, None
        # Else its originals would still be held while the next ones are fetched.
        del batch


def note_failed(runtime: Runtime, account: Account, received: Received, error: Unreachable) -> Received:
    """Note that an account could not be read, and let the watch look at it; that its provider rests is no failure."""
    with runtime.database.write() as connection:
        if isinstance(error, LimitReached) and error.rest:
            until = runtime.now + error.rest
            mark_resting(connection, account.id, account.organisation, runtime.now, until)
            return replace(received, problem=str(error))
        mark_failed(connection, account.id, account.organisation, runtime.now, error)
    runtime.bell.ring(Step.watch)
    return replace(received, failed_step=error.step, problem=str(error))


def _store(runtime: Runtime, account: Account, batch: Batch) -> int | None:
    now, site = runtime.now, runtime.site()
    with runtime.database.write() as connection:
        # One reader an account; the lease is renewed with each batch, and with it that of the host's place.
        if not claim_lease(connection, f"account/{account.id}", runtime.worker(), site.run.reading_lease):
            return None
        renew_leases(connection, runtime.worker(), PLACES, site.run.reading_lease)
        new, seen = note_arrivals(connection, account, batch.arrivals, now)
        observe(connection, site, account, batch, seen, now)
        set_cursor(connection, account.id, account.organisation, batch.next_cursor)
        note_alive(connection, account, batch, now)
        if batch.rests_until is not None:
            mark_resting(connection, account.id, account.organisation, now, batch.rests_until)
        elif batch.fault is None:
            mark_read(connection, account.id, account.organisation, now)
        if batch.arrivals:
            append(
                connection,
                "received",
                at=now,
                organisation=account.organisation,
                actor="receive",
                account=account.id,
                fetched=len(batch.arrivals),
                new=new,
            )
        _count_old(connection, account, batch, now)
    settle(runtime.database, site, account, now)
    return new


def _count_old(connection: Connection, account: Account, batch: Batch, now: datetime) -> None:
    """Open one finding about how much old mail lay unhandled at first connection; going live sends nothing (P14).

    That it must be counted is noted with the first of it: whoever reads the end of it may be another worker.
    """
    uncounted = f"uncounted/{account.id}"
    if any(arrival.history for arrival in batch.arrivals):
        claim_lease(connection, uncounted, "receive", UNCOUNTED)
    if batch.more or not release_lease(connection, uncounted, "receive"):
        return
    evidence = old_unhandled(count_unhandled_history(connection, MACHINE, account.id))
    if evidence:
        open_quietly(connection, account, FindingKind.old_unhandled, evidence, now)
