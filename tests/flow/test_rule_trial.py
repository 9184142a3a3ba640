"""Rules tried on stored messages from the pages: in the background, one at a time, over crashes; nothing is changed."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain.category import Secrecy
from domain.errors import BadInput
from domain.ids import RuleId, RuleTrialId, UnitId
from domain.protocols import Step
from domain.rule import Actions, Conditions, Rule
from domain.rule_trial import Against, RuleTrial, TrialState
from domain.site import Site
from domain.viewer import MACHINE, OPERATOR, Role
from pipeline import rule_trial
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.replay import Asked, plan, replay
from pipeline.rule_trial import Candidate, TrialGoesOn, Trials, begin_trial, read_changes, stop_trial, try_rules
from pipeline.sweep import sweep
from settings import canonical
from store.database import Database
from store.rule_trials import claim_trial, get_trial
from store.schema import metadata
from store.users import User, add_user, find_user
from tests.builders import TUESDAY
from tests.flow.installation import Installation, mail

MOVED = Rule(
    id=RuleId("bo-till-kc"), when=Conditions(senders=("bo@example.se",)), then=Actions(unit=UnitId("kontaktcenter"))
)  # fmt: skip
SECRET = Rule(
    id=RuleId("hemligt"), when=Conditions(senders=("cia@example.se",)), then=Actions(secrecy=Secrecy.SK2)
)  # fmt: skip


class Asking:
    """A town that has decided three mails, and a lead who tries rules there."""

    def __init__(self, town: Installation) -> None:
        self.town = town
        self.tried = replace(town.site, rules=(MOVED, SECRET))

    def read(self, site: Site, given: Mapping[str, bytes]) -> Candidate:
        tried = self.tried if given else site
        return Candidate(content=canonical.to_json(tried), rules=canonical.rules_digest(tried))

    @property
    def lead(self) -> User:
        with self.town.database.read() as connection:
            found = find_user(connection, MACHINE, "lena")
        assert found is not None
        return found

    def begin(self, *, given: bool = True) -> RuleTrialId:
        files = {"rules.toml": b"..."} if given else {}
        trials = Trials(self.read, lambda: self.town.bell.ring(Step.try_rules))
        return begin_trial(
            self.town.database, trials, self.town.site, self.lead, files, days=7, against=Against.active,
            now=self.town.clock.now(),
        )  # fmt: skip

    def trial(self, id: RuleTrialId) -> RuleTrial:
        with self.town.database.read() as connection:
            return get_trial(connection, OPERATOR, id)

    def changed(self, id: RuleTrialId) -> list[tuple[str, str, str]]:
        with self.town.database.read() as connection:
            changes = read_changes(connection, self.lead.viewer, id)
        return [(each.what, each.before, each.after) for change in changes for each in change.differences]


@pytest.fixture
def asking(database: Database) -> Asking:
    town = Installation(database)
    town.connect()
    for number, sender in enumerate(("anna", "bo", "cia"), start=1):
        town.arrives(mail(sender=f"{sender}@example.se", id=f"<{number}@example.se>"))
    receive(town.runtime, town.account)
    decide(town.runtime)
    with database.write() as connection:
        add_user(
            connection, organisation=town.site.organisations[0].id, name="lena", display_name="Lena", person=None,
            password_hash="", units=frozenset({UnitId("kontaktcenter")}), roles=frozenset({Role.lead}), at=TUESDAY,
        )  # fmt: skip
    return Asking(town)


def everything_else(database: Database) -> str:
    """Return a digest of all rows but those of trials and of the log."""
    read = hashlib.sha256()
    with database.read() as connection:
        for table in metadata.sorted_tables:
            if table.name not in {"rule_trials", "trial_changes", "events", "beats", "leases"}:
                order = sa.text(", ".join(column.name for column in table.primary_key))
                for row in connection.execute(sa.select(table).order_by(order)):
                    read.update(repr(tuple(row)).encode())
    return read.hexdigest()


def test_a_trial_says_what_would_be_otherwise_and_changes_nothing(asking: Asking) -> None:
    before = everything_else(asking.town.database)
    id = asking.begin()

    assert try_rules(asking.town.runtime) == 3

    trial = asking.trial(id)
    assert (trial.state, trial.total, trial.done, trial.percent) == (TrialState.done, 3, 3, 100)
    assert ("unit", "gata", "kontaktcenter") in asking.changed(id)
    assert everything_else(asking.town.database) == before


def test_of_what_would_be_sensitive_only_the_unit_is_told(asking: Asking) -> None:
    id = asking.begin()
    try_rules(asking.town.runtime)

    said = asking.changed(id)

    assert ("not shown", "", "") in said
    assert not [each for each in said if each[0] == "secrecy"]


def test_without_rules_of_ones_own_the_active_ones_are_held_against_what_was_decided(asking: Asking) -> None:
    id = asking.begin(given=False)
    try_rules(asking.town.runtime)

    assert asking.trial(id).against is Against.then
    assert asking.changed(id) == []


def test_an_account_that_has_gone_since_it_began_is_passed_over(asking: Asking) -> None:
    without = replace(asking.town.site, accounts=())
    asked = Asked(candidate=asking.tried, against=without, since=TUESDAY)

    replayed = replay(asking.town.database, asked, plan(asking.town.database, TUESDAY))

    assert (replayed.messages, replayed.passed_over, replayed.changed) == (0, 3, [])


def test_one_goes_on_at_a_time_and_the_bell_rings_for_it(asking: Asking) -> None:
    asking.begin()

    assert asking.town.bell.rung[-1] is Step.try_rules
    with pytest.raises(TrialGoesOn):
        asking.begin()
    try_rules(asking.town.runtime)
    asking.begin()


def test_the_sweep_rings_for_a_trial_whose_bell_was_lost_and_not_for_one_that_is_over(asking: Asking) -> None:
    asking.begin()
    asking.town.bell.rung.clear()
    sweep(asking.town.runtime)
    try_rules(asking.town.runtime)
    rung = Step.try_rules in asking.town.bell.rung
    asking.town.bell.rung.clear()

    sweep(asking.town.runtime)

    assert rung
    assert Step.try_rules not in asking.town.bell.rung


def test_who_takes_over_after_a_crash_begins_behind_what_was_kept(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.replay.AT_ONCE", 1)
    id = asking.begin()
    chunk, seen = rule_trial.replay_chunk, []

    def dies_at_the_second(*arguments: object) -> object:
        seen.append(arguments)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return chunk(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(rule_trial, "replay_chunk", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        try_rules(asking.town.runtime)
    monkeypatch.setattr(rule_trial, "replay_chunk", chunk)
    busy = try_rules(asking.town.colleague("worker-2"))
    with asking.town.database.write() as connection:
        connection.exec_driver_sql("UPDATE rule_trials SET lease_until = '2020-01-01 00:00:00'")

    done = try_rules(asking.town.colleague("worker-2"))

    assert (busy, done) == (0, 2)
    assert (asking.trial(id).state, asking.trial(id).done) == (TrialState.done, 3)
    assert len([each for each in asking.changed(id) if each[0] == "unit"]) == 1


def test_a_trial_that_loses_its_worker_three_times_at_the_same_messages_ends_as_failed(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.replay.AT_ONCE", 1)
    id = asking.begin()
    chunk, seen = rule_trial.replay_chunk, []

    def dies_after_the_first(*arguments: object) -> object:
        seen.append(arguments)
        if len(seen) > 1:
            raise KeyboardInterrupt
        return chunk(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(rule_trial, "replay_chunk", dies_after_the_first)
    for number in range(4):
        with suppress(KeyboardInterrupt):
            try_rules(asking.town.colleague(f"worker-{number}"))
        with asking.town.database.write() as connection:
            connection.exec_driver_sql("UPDATE rule_trials SET lease_until = '2020-01-01 00:00:00'")

    trial = asking.trial(id)
    assert (trial.state, trial.failure, trial.done) == (TrialState.failed, "workers_lost", 1)
    assert len(seen) == 4


def test_where_some_messages_take_longer_than_a_lease_the_first_to_end_keeps_them(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = asking.begin()
    chunk, others = rule_trial.replay_chunk, []

    def takes_longer(*arguments: object) -> object:
        if not others:
            others.append("worker-2")
            with asking.town.database.write() as connection:
                connection.exec_driver_sql("UPDATE rule_trials SET lease_until = '2020-01-01 00:00:00'")
                assert claim_trial(connection, others[0], rule_trial.LEASE) is not None
        return chunk(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(rule_trial, "replay_chunk", takes_longer)

    assert try_rules(asking.town.runtime) == 3
    assert (asking.trial(id).state, asking.trial(id).done) == (TrialState.done, 3)


def test_a_trial_that_is_stopped_keeps_what_it_had_and_takes_no_more(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.replay.AT_ONCE", 1)
    id = asking.begin()
    chunk = rule_trial.replay_chunk

    def stopped_meanwhile(*arguments: object) -> object:
        stop_trial(asking.town.database, asking.lead, id, TUESDAY)
        return chunk(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(rule_trial, "replay_chunk", stopped_meanwhile)

    assert try_rules(asking.town.runtime) == 0
    assert (asking.trial(id).state, asking.trial(id).done, asking.changed(id)) == (TrialState.stopped, 0, [])
    assert not stop_trial(asking.town.database, asking.lead, id, TUESDAY)


def test_one_bell_works_for_a_few_minutes_and_the_next_goes_on(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.replay.AT_ONCE", 1)
    id = asking.begin()
    chunk = rule_trial.replay_chunk

    def takes_long(*arguments: object) -> object:
        asking.town.clock.forward(minutes=5)
        return chunk(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(rule_trial, "replay_chunk", takes_long)

    assert [try_rules(asking.town.runtime) for _ in range(4)] == [1, 1, 1, 0]
    assert asking.trial(id).state is TrialState.done


def test_what_nobody_foresaw_ends_the_trial_and_is_said_without_content(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = asking.begin()

    def fails(*_: object) -> object:
        raise BadInput("Hål i vägen på Storgatan")

    monkeypatch.setattr(rule_trial, "replay_chunk", fails)
    with pytest.raises(BadInput):
        try_rules(asking.town.runtime)

    assert (asking.trial(id).state, asking.trial(id).failure) == (TrialState.failed, "BadInput")


def test_only_the_latest_trials_are_kept(asking: Asking) -> None:
    ids = []
    for _ in range(4):
        ids.append(asking.begin())
        try_rules(asking.town.runtime)

    with pytest.raises(KeyError):
        asking.trial(ids[0])
    assert asking.trial(ids[1]).state is TrialState.done
    with asking.town.database.write() as connection:
        assert claim_trial(connection, "w", rule_trial.LEASE) is None
