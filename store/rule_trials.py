"""Rule trials: the row is the job; one at a time an organisation, claimed with a lease, gone on with after a crash."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from domain.ids import Digest, MessageId, OrganisationId, RuleTrialId, UserId
from domain.rule_trial import Against, Difference, RuleTrial, TrialChange, TrialState, Tried
from domain.viewer import Viewer
from store.database import database_now
from store.leases import upsert
from store.schema import messages, rule_trials, tickets, trial_changes
from store.schema.tried import GOING_ON
from store.visibility import sees_about, sees_message, sees_organisation

#: Trials of an organisation that are kept.
KEPT = 3

#: One more where the lease that is taken over was held.
_LOSSES = rule_trials.c.losses + sa.case((rule_trials.c.lease_until.is_not(None), 1), else_=0)

#: What a trial shows; the configuration that it tries is large, and asked for alone.
_SHOWN = tuple(
    column for column in rule_trials.c if column.name not in ("candidate", "claimed_by", "lease_until")
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTrial:
    """A trial before it begins."""

    organisation: OrganisationId
    user: UserId
    asked_at: datetime
    days: int
    tried: Tried
    against: Against
    rules: Digest
    #: The whole configuration that is tried, as canonical JSON.
    candidate: str


def add_trial(connection: sa.Connection, new: NewTrial) -> RuleTrialId | None:
    """Put a trial in line; return None while another of the organisation goes on. Of older ones a few are kept."""
    statement = (
        upsert(connection, rule_trials)
        .values(
            organisation_id=new.organisation, user_id=new.user, asked_at=new.asked_at, days=new.days, tried=new.tried,
            against=new.against, rules=new.rules, candidate=new.candidate, state=TrialState.waiting,
        )
        .on_conflict_do_nothing(index_elements=["organisation_id"], index_where=sa.text(GOING_ON))
        .returning(rule_trials.c.id)
    )  # fmt: skip
    id = connection.scalar(statement)
    if id is not None:
        _drop_older(connection, new.organisation)
    return None if id is None else RuleTrialId(id)


def claim_trial(connection: sa.Connection, worker: str, lease: timedelta) -> tuple[RuleTrial, str] | None:
    """Claim the trial that has waited longest, or whose worker is gone; return it with what it tries.

    A lease that ran out counts as a loss until more of its messages are decided again.
    """
    now = database_now(connection)
    free = sa.or_(rule_trials.c.lease_until.is_(None), rule_trials.c.lease_until < now)
    first = (
        sa.select(rule_trials.c.id)
        .where(sa.text(f"rule_trials.{GOING_ON}"), free)
        .order_by(rule_trials.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    statement = (
        rule_trials.update()
        .where(rule_trials.c.id == first.scalar_subquery(), free)
        .values(state=TrialState.running, claimed_by=worker, lease_until=now + lease, losses=_LOSSES)
        .returning(*_SHOWN, rule_trials.c.candidate)
    )
    row = connection.execute(statement).mappings().first()
    return None if row is None else (_trial(row), row["candidate"])


def keep_total(connection: sa.Connection, trial: RuleTrialId, worker: str, total: int) -> bool:
    """Keep how many messages there are to decide again; return whether the trial is still the worker's."""
    return _mine(connection, trial, worker, total=total)


def keep_progress(
    connection: sa.Connection, trial: RuleTrialId, worker: str, changes: Collection[TrialChange], *, before: MessageId,
    after: MessageId, more: int, lease: timedelta,
) -> bool:  # fmt: skip
    """Keep what came of the messages behind `before` up to `after`, and take the lease; return whether it was kept.

    Else the trial was stopped, or another worker has kept these. Whoever is first goes on, whoever has the lease: where
    some messages take longer than one, workers would else take the trial from each other and never come any further.
    """
    still = (
        rule_trials.c.id == trial,
        rule_trials.c.after_row == before,
        rule_trials.c.state == TrialState.running,
    )
    kept = rule_trials.update().where(*still)
    until = database_now(connection) + lease
    values = {
        "after_row": after, "done": rule_trials.c.done + more, "lease_until": until, "claimed_by": worker, "losses": 0,
    }  # fmt: skip
    if connection.execute(kept.values(**values)).rowcount == 0:
        return False
    if changes:
        connection.execute(trial_changes.insert(), [_change_row(trial, each) for each in changes])
    return True


def give_back_trial(connection: sa.Connection, trial: RuleTrialId, worker: str) -> bool:
    """Let anybody go on with a trial; return whether it was still the worker's."""
    return _mine(connection, trial, worker, lease_until=None)


def end_trial(
    connection: sa.Connection, trial: RuleTrialId, worker: str, state: TrialState, at: datetime, failure: str = ""
) -> bool:
    """End a trial; return whether it was still the worker's."""
    return _mine(connection, trial, worker, state=state, ended_at=at, lease_until=None, failure=failure)


def close_trial(connection: sa.Connection, organisation: OrganisationId, trial: RuleTrialId, at: datetime) -> bool:
    """Stop a trial that a person takes back; return whether it went on."""
    statement = (
        rule_trials.update()
        .where(
            rule_trials.c.id == trial, rule_trials.c.organisation_id == organisation,
            sa.text(f"rule_trials.{GOING_ON}"),
        )
        .values(state=TrialState.stopped, ended_at=at, lease_until=None, claimed_by=None)
    )  # fmt: skip
    return connection.execute(statement).rowcount == 1


def any_trial_waits(connection: sa.Connection, viewer: Viewer) -> bool:
    """Ask whether a trial waits for somebody to work on it."""
    del viewer  # Whether there is work is the installation's own.
    waits = sa.or_(rule_trials.c.lease_until.is_(None), rule_trials.c.lease_until < database_now(connection))
    query = sa.select(rule_trials.c.id).where(sa.text(f"rule_trials.{GOING_ON}"), waits)
    return connection.execute(query.limit(1)).first() is not None


def list_trials(connection: sa.Connection, viewer: Viewer) -> tuple[RuleTrial, ...]:
    """Return the latest trials, the newest first. Nothing of any message stands in them."""
    query = sa.select(*_SHOWN).where(sees_organisation(viewer, rule_trials)).order_by(rule_trials.c.id.desc())
    return tuple(_trial(row) for row in connection.execute(query.limit(KEPT)).mappings())


def get_trial(connection: sa.Connection, viewer: Viewer, id: RuleTrialId) -> RuleTrial:
    """Return a trial. Raises KeyError when there is none of the viewer's organisation."""
    query = sa.select(*_SHOWN).where(rule_trials.c.id == id, sees_organisation(viewer, rule_trials))
    row = connection.execute(query).mappings().first()
    if row is None:
        raise KeyError(id)
    return _trial(row)


def list_trial_changes(connection: sa.Connection, viewer: Viewer, trial: RuleTrialId) -> tuple[TrialChange, ...]:
    """Return what would be decided otherwise, of the messages that the viewer may know of, in their order.

    A sensitive matter without a ticket has no compartment: only the machine sees it.
    """
    query = (
        sa.select(trial_changes, tickets.c.number)
        .join(messages, messages.c.id == trial_changes.c.message_row)
        .outerjoin(tickets, tickets.c.id == trial_changes.c.ticket_id)
        .where(
            trial_changes.c.trial_id == trial, sees_about(viewer, trial_changes), sees_message(viewer),
            sa.or_(trial_changes.c.secret.is_(False), trial_changes.c.ticket_id.is_not(None)),
        )
        .order_by(trial_changes.c.message_row)
    )  # fmt: skip
    return tuple(_change(row) for row in connection.execute(query).mappings())


def _mine(connection: sa.Connection, trial: RuleTrialId, worker: str, **values: object) -> bool:
    still = (
        rule_trials.c.id == trial,
        rule_trials.c.claimed_by == worker,
        rule_trials.c.state == TrialState.running,
    )
    return connection.execute(rule_trials.update().where(*still).values(**values)).rowcount == 1


def _drop_older(connection: sa.Connection, organisation: OrganisationId) -> None:
    own = sa.select(rule_trials.c.id).where(rule_trials.c.organisation_id == organisation)
    older: Sequence[int] = connection.scalars(own.order_by(rule_trials.c.id.desc()).offset(KEPT)).all()
    if older:
        connection.execute(trial_changes.delete().where(trial_changes.c.trial_id.in_(older)))
        connection.execute(rule_trials.delete().where(rule_trials.c.id.in_(older)))


def _change_row(trial: RuleTrialId, change: TrialChange) -> dict[str, object]:
    return {
        "trial_id": trial,
        "message_row": change.message,
        "organisation_id": change.organisation,
        "ticket_id": change.ticket,
        "secret": change.secret,
        "differences": [[each.what, each.before, each.after] for each in change.differences],
    }


def _trial(row: sa.RowMapping) -> RuleTrial:
    return RuleTrial(
        id=row["id"],
        organisation=row["organisation_id"],
        user=row["user_id"],
        asked_at=row["asked_at"],
        days=row["days"],
        tried=Tried(row["tried"]),
        against=Against(row["against"]),
        rules=row["rules"],
        state=TrialState(row["state"]),
        total=row["total"],
        done=row["done"],
        after=row["after_row"],
        losses=row["losses"],
        ended_at=row["ended_at"],
        failure=row["failure"],
    )


def _change(row: sa.RowMapping) -> TrialChange:
    return TrialChange(
        message=row["message_row"],
        organisation=row["organisation_id"],
        ticket=row["ticket_id"],
        number=row["number"],
        secret=row["secret"],
        differences=tuple(Difference(*each) for each in row["differences"]),
    )
