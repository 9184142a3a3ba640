"""Try rules: decide stored messages again by what somebody tries from the pages, in the background.

Reads: the trial, and what `replay` reads, of its organisation.
Writes: how far it has come, what would be otherwise, events; nothing of any message.

A chunk is one transaction, and the trial is held with a lease: whoever takes over after a crash begins behind the last
chunk that was kept.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.errors import BadInput
from domain.ids import Digest, MessageId, RuleTrialId
from domain.protocols import Step
from domain.rule_trial import WORKERS_LOST, Against, RuleTrial, TrialChange, TrialState, Tried
from domain.site import Site
from domain.viewer import MACHINE, Role, Scope, Viewer
from pipeline.difference import unit_alone
from pipeline.replay import Asked, Chunk, plan, replay_chunk
from pipeline.runtime import Runtime
from store.database import Connection, Database
from store.events import append
from store.rule_trials import (
    NewTrial,
    add_trial,
    any_trial_waits,
    claim_trial,
    close_trial,
    end_trial,
    give_back_trial,
    keep_progress,
    keep_total,
    list_trial_changes,
)
from store.users import User

log = logging.getLogger(__name__)

#: Longer than a chunk takes; where one takes longer still, whoever is first keeps it.
LEASE = timedelta(minutes=2)

#: So long one bell works on a trial; then the next goes on, and a step that hangs can be told from one that works.
AT_A_TIME = timedelta(minutes=4)

#: A trial whose worker was lost so often at the same messages ends: they would bring down the next one too.
MOST_LOSSES = 3

#: How far back messages are tried at most.
MOST_DAYS = 365

#: Who tries rules on stored messages.
MAY_TRY = frozenset({Role.lead, Role.administrator})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A configuration that can be tried."""

    #: As canonical JSON.
    content: str
    #: The version of its rule set.
    rules: Digest


#: Gives the configuration with these files, by name, in place of its own. Raises SettingsFaults: all that is wrong.
ReadCandidate = Callable[[Site, Mapping[str, bytes]], Candidate]


class TrialGoesOn(BadInput):
    """The organisation has a trial that is not over."""


@dataclass(frozen=True, slots=True)
class Trials:
    """Where trials are begun: by whoever serves the pages."""

    read: ReadCandidate
    ring: Callable[[], None]


def may_try(viewer: Viewer) -> bool:
    """Ask whether the viewer may try rules on stored messages."""
    return bool(viewer.roles & MAY_TRY)


def begin_trial(
    database: Database, trials: Trials, site: Site, user: User, given: Mapping[str, bytes], *, days: int,
    against: Against, now: datetime,
) -> RuleTrialId:  # fmt: skip
    """Put a trial in line and ring for it.

    Raises:
        SettingsFaults: everything that is wrong in what was given.
        TrialGoesOn: another one of the organisation is not over.
    """
    candidate = trials.read(site, given)
    new = NewTrial(
        organisation=user.organisation, user=user.id, asked_at=now, days=max(1, min(days, MOST_DAYS)),
        tried=_tried(given), against=against if given else Against.then, rules=candidate.rules,
        candidate=candidate.content,
    )  # fmt: skip
    with database.write() as connection:
        id = add_trial(connection, new)
        if id is None:
            raise TrialGoesOn("another trial goes on: wait until it has ended, or stop it")
        append(
            connection, "trial_begun", at=now, organisation=user.organisation, actor=f"user/{user.name}", trial=id,
            tried=new.tried, days=new.days, rules=new.rules,
        )  # fmt: skip
    trials.ring()
    return id


def stop_trial(database: Database, user: User, id: RuleTrialId, now: datetime) -> bool:
    """Stop a trial; return whether it went on."""
    with database.write() as connection:
        stopped = close_trial(connection, user.organisation, id, now)
        if stopped:
            append(
                connection, "trial_stopped", at=now, organisation=user.organisation, actor=f"user/{user.name}", trial=id
            )  # fmt: skip
    return stopped


def read_changes(connection: Connection, viewer: Viewer, trial: RuleTrialId) -> tuple[TrialChange, ...]:
    """Return what would be otherwise, as far as the viewer may see it (P12).

    Of a ticket that they see, which is or would be sensitive, only the unit: who works in its compartment sees all of
    it on the ticket itself.
    """
    return tuple(
        replace(each, differences=unit_alone(each.differences)) if each.secret else each
        for each in list_trial_changes(connection, viewer, trial)
    )


def trial_waits(runtime: Runtime) -> bool:
    """Ask whether a trial waits for a worker."""
    with runtime.database.read() as connection:
        return any_trial_waits(connection, MACHINE)


def try_rules(runtime: Runtime) -> int:
    """Go on with the trial that has waited longest; return how many messages were decided again."""
    worker = runtime.worker()
    with runtime.database.write() as connection:
        claimed = claim_trial(connection, worker, LEASE)
    if claimed is None:
        return 0
    trial, content = claimed
    if trial.losses >= MOST_LOSSES:
        _fail(runtime, trial, worker, WORKERS_LOST)
        return 0
    try:
        return _go_on(runtime, trial, _asked(runtime, trial, content), worker)
    except Exception as error:
        # Whatever it was would be so again: it ends, is said on the page, and stands in the log without content.
        _fail(runtime, trial, worker, type(error).__name__)
        raise


def _fail(runtime: Runtime, trial: RuleTrial, worker: str, failure: str) -> None:
    log.error("trial %s of %s came to no end: %s", trial.id, trial.organisation, failure)
    with runtime.database.write() as connection:
        end_trial(connection, trial.id, worker, TrialState.failed, runtime.now, failure)


def _asked(runtime: Runtime, trial: RuleTrial, content: str) -> Asked:
    return Asked(
        candidate=runtime.site.read(content),
        against=runtime.site() if trial.against is Against.active else None,
        since=trial.since,
        viewer=Viewer(scope=Scope.machine, organisation=trial.organisation),
    )


def _go_on(runtime: Runtime, trial: RuleTrial, asked: Asked, worker: str) -> int:
    chunks = plan(runtime.database, asked.since, viewer=asked.viewer, after=trial.after)
    with runtime.database.write() as connection:
        keep_total(connection, trial.id, worker, trial.done + sum(chunk.count for chunk in chunks))
    done, until, before = 0, runtime.now + AT_A_TIME, trial.after
    for chunk in chunks:
        if runtime.now >= until:
            _pass_on(runtime, trial, worker)
            return done
        if not _try_chunk(runtime, trial, asked, chunk, before, worker):
            return done
        done, before = done + chunk.count, chunk.last
    with runtime.database.write() as connection:
        end_trial(connection, trial.id, worker, TrialState.done, runtime.now)
    return done


def _try_chunk(runtime: Runtime, trial: RuleTrial, asked: Asked, chunk: Chunk, before: MessageId, worker: str) -> bool:
    """Decide the messages of a chunk again and keep what came of it; return whether the trial goes on."""
    with runtime.database.read() as connection:
        came = replay_chunk(connection, asked, chunk)
    with runtime.database.write() as connection:
        return keep_progress(
            connection, trial.id, worker, [each.whole for each in came.changed], before=before, after=chunk.last,
            more=chunk.count, lease=LEASE,
        )  # fmt: skip


def _pass_on(runtime: Runtime, trial: RuleTrial, worker: str) -> None:
    with runtime.database.write() as connection:
        give_back_trial(connection, trial.id, worker)
    runtime.bell.ring(Step.try_rules)


def _tried(given: Mapping[str, bytes]) -> Tried:
    if len(given) > 1:
        return Tried.both
    return next((Tried(name.removesuffix(".toml")) for name in given), Tried.active)
