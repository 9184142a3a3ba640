"""An account that cannot be read: one finding, one alert to its manager, one word when it is over."""

from dataclasses import replace
from typing import Any

import pytest

from domain.account import Account, AccountStatus
from domain.errors import Unreachable
from domain.facts import Facts
from domain.finding import FindingKind
from domain.viewer import MACHINE
from pipeline.alerting import open_quietly
from pipeline.decide import decide
from pipeline.facts import facts_of
from pipeline.receive import receive
from pipeline.tell import tell
from pipeline.watch import look, watch
from store.accounts import list_heartbeats
from store.database import Database
from store.findings import list_open_findings
from tests.flow.installation import GATA, Installation, mail


@pytest.fixture
def town(database: Database) -> Installation:
    installation = Installation(database)
    installation.connect()
    return installation


def test_an_account_that_fails_for_long_gives_one_alert_to_its_manager(town: Installation) -> None:
    town.mailbox().fail(Unreachable("sign_in", "the server refused the password: renew it"))
    town.round()
    town.clock.forward(minutes=45)

    town.round()
    town.round()

    [alert] = town.alerts()
    account = town.site.account(town.account)
    manager = town.site.manager_of(account)
    assert manager is not None
    assert alert.recipient == manager.email
    assert account.address in alert.subject
    assert "inloggningen nekas" in alert.text
    [sent] = town.wires.out.sent
    assert dict(sent.headers)["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("quota", "brevlådan är full"),
        ("sign_in", "inloggningen nekas"),
        ("tls", "den krypterade förbindelsen misslyckas"),
        ("token", "vi får ingen giltig inloggningsnyckel (token)"),
    ],
    ids=["over quota", "wrong password", "expired certificate", "revoked token"],
)
def test_each_cause_is_a_state_of_its_own_on_the_account_and_in_plain_words(
    town: Installation, step: str, words: str
) -> None:
    town.mailbox().fail(Unreachable(step, "what the connector says to do"))
    town.round()
    town.clock.forward(minutes=45)

    town.round()

    with town.database.read() as connection:
        [finding] = list_open_findings(connection, MACHINE)
        heartbeat = next(each for each in list_heartbeats(connection, MACHINE) if each.account == town.account)
    assert (heartbeat.failed_step, heartbeat.failure) == (step, "what the connector says to do")
    assert finding.evidence.endswith(f": {words}.")


def test_a_short_failure_alerts_nobody(town: Installation) -> None:
    town.mailbox().fail(Unreachable("tcp", "the server does not answer"))
    town.round()
    town.clock.forward(minutes=5)

    town.round()

    assert town.alerts() == ()


def test_when_the_account_works_again_the_finding_closes_and_the_manager_is_told(town: Installation) -> None:
    town.mailbox().fail(Unreachable("tcp", "the server does not answer"))
    town.round()
    town.clock.forward(minutes=45)
    town.round()
    town.mailbox().recover()

    town.round()
    at_once = [alert.template for alert in town.alerts()]
    town.clock.forward(minutes=11)
    town.round()

    assert at_once == ["unreachable"]
    assert [alert.template for alert in town.alerts()] == ["reachable_again", "unreachable"]
    with town.database.read() as connection:
        assert list_open_findings(connection, MACHINE) == ()


def test_an_account_that_comes_and_goes_is_one_finding(town: Installation) -> None:
    town.mailbox().fail(Unreachable("tcp", "the server does not answer"))
    town.round()
    town.clock.forward(minutes=45)
    town.round()

    for _ in range(3):
        town.mailbox().recover()
        town.round()
        town.clock.forward(minutes=5)
        town.mailbox().fail(Unreachable("tcp", "the server does not answer"))
        town.round()
        town.clock.forward(minutes=40)
        town.round()

    assert [alert.template for alert in town.alerts()] == ["unreachable"]


def test_an_account_whose_reading_fails_in_a_way_nobody_foresaw_is_found_too(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(*_: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(town.mailbox(), "fetch", stumbles)
    for _ in range(2):
        with pytest.raises(ValueError, match="a fault of ours"):
            receive(town.runtime, town.account)
        town.clock.forward(minutes=45)

    watch(town.runtime)
    tell(town.runtime)

    assert [alert.template for alert in town.alerts()] == ["unreachable"]


def test_a_finding_about_an_account_that_is_closed_is_over(town: Installation) -> None:
    town.mailbox().fail(Unreachable("tcp", "the server does not answer"))
    town.round()
    town.clock.forward(minutes=45)
    town.round()
    closed = tuple(replace(each, status=AccountStatus.closed) for each in town.site.accounts)
    town.use(replace(town.site, accounts=closed))

    watch(town.runtime)
    tell(town.runtime)

    with town.database.read() as connection:
        assert list_open_findings(connection, MACHINE) == ()
    assert [alert.template for alert in town.alerts()] == ["unreachable"]


@pytest.mark.parametrize("kind", [FindingKind.withheld, FindingKind.missed, FindingKind.old_unhandled])
def test_what_a_visit_found_is_over_when_nobody_reads_the_account_any_more(
    town: Installation, kind: FindingKind
) -> None:
    for each in town.site.accounts:
        with town.database.write() as connection:
            open_quietly(connection, each, kind, "Sant.", town.clock.now())
    closed = tuple(
        replace(each, status=AccountStatus.closed) if each.id == GATA else each for each in town.site.accounts
    )
    town.use(replace(town.site, accounts=closed))
    look(town.runtime)

    with town.database.read() as connection:
        found = [each.account for each in list_open_findings(connection, MACHINE) if each.kind is kind]
    assert found == [town.account]


def test_an_account_that_cannot_be_looked_at_holds_back_no_other_and_the_step_is_not_done(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the turn kept, the looks in between would say that all is done, time and again."""

    def stumbles(account: Account, *rest: Any) -> Facts:
        if account.id == town.account:
            raise ValueError("a fault of ours")
        return facts_of(account, *rest)

    monkeypatch.setattr("pipeline.watch.facts_of", stumbles)
    town.use(replace(town.site, accounts=tuple(replace(each, address="x@free.example") for each in town.site.accounts)))
    for _ in range(2):
        with pytest.raises(ValueError, match="a fault of ours"):
            watch(town.runtime)
        town.clock.forward(minutes=2)

    with town.database.read() as connection:
        found = [each for each in list_open_findings(connection, MACHINE) if each.kind is FindingKind.off_domain]
    assert [each.account for each in found] == [GATA]


def test_when_rhythms_cannot_be_learned_the_rest_is_looked_at_and_the_step_is_not_done(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(*_: object) -> int:
        raise ValueError("a fault of ours")

    monkeypatch.setattr("pipeline.watch.learn_rhythms", stumbles)
    town.mailbox().fail(Unreachable("sign_in", "the server refused the password: renew it"))
    receive(town.runtime, town.account)
    town.clock.forward(minutes=45)
    for _ in range(2):
        with pytest.raises(ValueError, match="a fault of ours"):
            watch(town.runtime)

    with town.database.read() as connection:
        assert [each.kind for each in list_open_findings(connection, MACHINE)] == [FindingKind.unreachable]


def test_that_people_write_to_a_dormant_account_is_one_finding(town: Installation) -> None:
    changed = tuple(
        replace(each, status=AccountStatus.dormant) if each.id == GATA else each for each in town.site.accounts
    )
    town.use(replace(town.site, accounts=changed))
    town.arrives(mail(), GATA)
    receive(town.runtime, GATA)
    decide(town.runtime)
    for _ in range(3):
        look(town.runtime)
        town.clock.forward(minutes=2)

    with town.database.read() as connection:
        found = [each for each in list_open_findings(connection, MACHINE) if each.kind is FindingKind.dormant_in_use]
    assert [each.account for each in found] == [GATA]


def test_after_our_own_outage_nothing_is_called_unwatched_before_it_was_read_again(town: Installation) -> None:
    """What people did meanwhile shows as soon as we read: until then nobody knows."""
    town.arrives(mail(), GATA)
    receive(town.runtime, GATA)
    decide(town.runtime)
    town.clock.forward(days=9)
    look(town.runtime)
    with town.database.read() as connection:
        before = [each.kind for each in list_open_findings(connection, MACHINE)]
    receive(town.runtime, GATA)
    look(town.runtime)

    assert FindingKind.unwatched not in before
    with town.database.read() as connection:
        found = [each.account for each in list_open_findings(connection, MACHINE) if each.kind is FindingKind.unwatched]
    assert found == [GATA]
