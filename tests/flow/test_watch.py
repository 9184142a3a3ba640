"""An account that cannot be read: one finding, one alert to its manager, one word when it is over."""

from dataclasses import replace

import pytest

from domain.account import AccountStatus
from domain.errors import Unreachable
from domain.viewer import MACHINE
from pipeline.receive import receive
from pipeline.tell import tell
from pipeline.watch import watch
from store.accounts import list_heartbeats
from store.database import Database
from store.findings import list_open_findings
from tests.flow.installation import Installation


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
