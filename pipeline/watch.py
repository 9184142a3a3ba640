"""Watch: is anyone listening? Compare what is so with what is known, and note the changes.

Reads: facts about every account, open findings, since when conditions have turned.
Writes: findings that open or close, tendencies, rhythms, events; the next step tells of them (`tell.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.account import Account, AccountStatus
from domain.facts import Facts
from domain.finding import Finding, FindingKind, Tendency
from domain.ids import AccountId
from domain.protocols import Step
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.alerting import close_quietly, open_quietly, sharpen
from pipeline.facts import facts_of, gather, glance, learn_rhythms
from pipeline.guard import Guard
from pipeline.runtime import Runtime
from store.database import Connection
from store.findings import list_open_findings, set_evidence
from store.leases import claim_lease, release_lease
from store.tendencies import list_tendencies, set_tendency, settle_tendency
from watch.findings import patience
from watch.flips import Flip, flip
from watch.table import QUESTIONS, asked_of, findings_of

#: Who looks at everything, until it is time again.
LEASE = "watch/all"

#: What this step looks for; the rest is found where it happens.
LOOKED_FOR = frozenset(each.kind for each in QUESTIONS)

#: What the last visits alone tell.
BY_HEARTBEAT = frozenset({FindingKind.unreachable})

#: What a visit finds, and the next one closes: of an account that nobody reads any more it is over.
BY_VISIT = frozenset({FindingKind.withheld, FindingKind.missed, FindingKind.old_unhandled})

#: These are told of anew when their sentence changes: another threshold has passed.
TOLD_ANEW = frozenset({FindingKind.expiring})


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How many findings changed."""

    opened: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """What was known before this look."""

    open: Mapping[tuple[AccountId, FindingKind], Finding]
    tendencies: Mapping[tuple[AccountId, FindingKind], Tendency]


def watch(runtime: Runtime) -> Watched:
    """Open and close findings. Safe to run twice, and by many workers at once.

    What cannot be read is looked at at every bell; all the rest by one worker, every few minutes. One that could not
    finish gives its turn back: the next bell tries again, and the step does not count as done meanwhile.
    """
    look_name = f"{runtime.worker()}/{runtime.now.isoformat()}"
    if not _is_time(runtime, look_name):
        return look(runtime, BY_HEARTBEAT)
    try:
        try:
            learn_rhythms(runtime)
        finally:
            watched = look(runtime, LOOKED_FOR)
    except Exception:
        with runtime.database.write() as connection:
            release_lease(connection, LEASE, look_name)
        raise
    return watched


def look(runtime: Runtime, kinds: frozenset[FindingKind] = LOOKED_FOR) -> Watched:
    """Look at every account for findings of some kinds; one that fails holds back no other, and is raised at last."""
    site = runtime.site()
    with runtime.database.read() as connection:
        known = gather(connection, site, runtime.now) if kinds - BY_HEARTBEAT else glance(connection)
        open_ones = list_open_findings(connection, MACHINE)
        tendencies = list_tendencies(connection, MACHINE)
    found = [each for each in open_ones if each.kind in kinds]
    before = _Before(open={(each.account, each.kind): each for each in found}, tendencies=tendencies)
    changes: list[Flip] = []
    guard = Guard()
    for account in site.accounts:
        try:
            changes += _look_at(runtime, site, facts_of(account, known, site), kinds, before)
        except Exception as failure:
            guard.note(f"looking at account {account.id}", failure)
    there = {account.id for account in site.accounts}
    changes += [_drop(runtime, each) for each in found if each.account not in there]
    visited = {account.id for account in site.accounts if account.status is not AccountStatus.closed}
    changes += [_drop(runtime, each) for each in open_ones if each.kind in BY_VISIT and each.account not in visited]
    watched = Watched(opened=changes.count(Flip.opens), closed=changes.count(Flip.closes))
    if watched.opened or watched.closed:
        runtime.bell.ring(Step.tell)
    guard.raise_failures()
    return watched


def _is_time(runtime: Runtime, look_name: str) -> bool:
    # Whoever has looked does not give it back: it is the time until the next look.
    # Asked before: the site may be read from the database, and who writes must not wait for a line to read by.
    every = runtime.site().watch.looked_every
    with runtime.database.write() as connection:
        return claim_lease(connection, LEASE, look_name, every)


def _look_at(
    runtime: Runtime, site: Site, facts: Facts, kinds: frozenset[FindingKind], before: _Before
) -> Iterator[Flip]:
    """Compare what is wrong with one account with what is known of it, and yield what changed."""
    account, settings = facts.account, site.watch.of(facts.account)
    wrong = findings_of(facts, settings, runtime.now, kinds)
    for kind in sorted(kinds):
        finding, tendency = before.open.get((account.id, kind)), before.tendencies.get((account.id, kind))
        if finding is not None and kind not in asked_of(account):
            yield _drop(runtime, finding)
            continue
        turn = flip(
            kind, is_open=finding is not None, holds=kind in wrong, tendency=tendency, settings=settings,
            now=runtime.now, patience=patience(kind, facts),
        )  # fmt: skip
        if turn is not Flip.stays:
            with runtime.database.write() as connection:
                _write(connection, account, kind, turn, finding, wrong.get(kind, ""), runtime.now)
            yield turn
        elif finding is not None and kind in wrong and wrong[kind] != finding.evidence:
            _keep(runtime, finding, wrong[kind])


def _write(
    connection: Connection, account: Account, kind: FindingKind, turn: Flip, finding: Finding | None, evidence: str,
    now: datetime,
) -> None:  # fmt: skip
    if turn is Flip.tends:
        set_tendency(connection, account.organisation, account.id, kind, holds=finding is None, since=now)
        return
    settle_tendency(connection, account.id, kind)
    if turn is Flip.opens:
        open_quietly(connection, account, kind, evidence, now)
    elif turn is Flip.closes and finding is not None:
        close_quietly(connection, finding, now)


def _keep(runtime: Runtime, finding: Finding, evidence: str) -> None:
    """Keep what is so now; where that is a step further, the same finding is told of anew."""
    with runtime.database.write() as connection:
        if finding.kind in TOLD_ANEW:
            sharpen(connection, finding, evidence, runtime.now)
        else:
            set_evidence(connection, finding.id, evidence)


def _drop(runtime: Runtime, finding: Finding) -> Flip:
    """Close a finding that nobody asks for any longer, as of an account that is closed; nobody is told."""
    with runtime.database.write() as connection:
        settle_tendency(connection, finding.account, finding.kind)
        close_quietly(connection, finding, runtime.now)
    return Flip.closes
