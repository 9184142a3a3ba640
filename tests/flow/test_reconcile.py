"""Once a day what exists is held against the ledger: nothing stays lost (P1)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import Unreachable
from domain.evidence import EvidenceKind
from domain.ids import AccountId
from domain.message import FolderRole
from domain.protocols import Step
from domain.viewer import MACHINE
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.reconcile import Reconciled, accounts_to_reconcile, reconcile, reconcile_when_due
from pipeline.sweep import sweep
from pipeline.tell import tell
from store import events
from store.accounts import get_cursor, set_cursor
from store.database import Database
from store.entries import list_there
from store.evidence import list_of_account
from store.leases import claim_lease, release_lease
from store.reconciliations import list_reconciliations
from tests.flow.installation import Installation, mail, numbered


@pytest.fixture
def town(database: Database) -> Installation:
    installation = Installation(database)
    installation.connect()
    return installation


def miss(town: Installation, count: int = 1) -> None:
    """Move the cursor past mails that were never read, as a fault of ours or of the server would."""
    for original in numbered(count):
        town.arrives(original)
    with town.database.write() as connection:
        cursor = dict(get_cursor(connection, MACHINE, town.account) or {})
        inbox = cursor["folders"]["INBOX"]
        folders = {**cursor["folders"], "INBOX": {**inbox, "uid": inbox["uid"] + count}}
        set_cursor(connection, town.account, town.site.accounts[0].organisation, {"folders": folders})


def told(town: Installation) -> list[str]:
    tell(town.runtime)
    return [alert.template for alert in town.alerts()]


def test_when_nothing_was_missed_nobody_is_told(town: Installation) -> None:
    town.arrives(mail())
    town.round()

    result = reconcile(town.runtime, town.account)

    assert result == Reconciled(account=town.account, existing=1)
    assert told(town) == []
    with town.database.read() as connection:
        [event] = [each for each in events.list_after(connection, MACHINE, 0) if each.kind == "reconciled"]
    assert event.details == {"existing": 1, "missed": 0, "fetched": 0, "gone": 0}


@pytest.mark.parametrize("count", [1, 70, 260])
def test_what_was_missed_is_fetched_and_told_of(town: Installation, count: int) -> None:
    miss(town, count)
    missed, _, _ = town.round()

    result = reconcile(town.runtime, town.account)
    decide(town.runtime)

    assert missed.fetched == 0, "else this shows nothing"
    assert result == Reconciled(account=town.account, existing=count, missed=count, fetched=count)
    assert len(town.tickets()) == min(count, 200)
    assert told(town) == ["missed"]
    assert Step.decide in town.bell.rung


def test_a_day_without_a_loss_closes_the_finding(town: Installation) -> None:
    miss(town)
    reconcile(town.runtime, town.account)
    first = told(town)

    again = reconcile(town.runtime, town.account)

    assert again.missed == 0
    assert first == ["missed"]
    assert told(town) == ["over", "missed"]
    with town.database.read() as connection:
        closed = [each.details for each in events.list_after(connection, MACHINE, 0) if each.kind == "finding_closed"]
    assert closed == [{"finding": "missed"}]


def test_what_arrives_in_the_middle_of_it_was_not_missed(town: Installation) -> None:
    mailbox = town.mailbox()
    real = mailbox.inventory

    def inventory() -> object:
        listed = list(real())
        town.arrives(mail(id="<2@example.se>", sender="bo@example.se"))
        return listed

    town.arrives(mail())
    mailbox.inventory = inventory  # type: ignore[method-assign, assignment]

    result = reconcile(town.runtime, town.account)
    decide(town.runtime)

    assert result == Reconciled(account=town.account, existing=1)
    assert len(town.tickets()) == 2


def test_what_disappeared_unseen_is_noted(town: Installation) -> None:
    town.arrives(mail())
    town.round()
    mailbox = town.mailbox()
    real = mailbox.fetch
    mailbox.remove("INBOX/1/1")
    # As of a folder that is too big to be listed at each visit.
    mailbox.fetch = lambda cursor: replace(real(cursor), listings=())  # type: ignore[method-assign]
    town.round()
    with town.database.read() as connection:
        unseen = list_of_account(connection, MACHINE, town.account)

    result = reconcile(town.runtime, town.account)

    assert unseen == ()
    assert result == Reconciled(account=town.account, gone=1)
    with town.database.read() as connection:
        assert [each.kind for each in list_of_account(connection, MACHINE, town.account)] == [EvidenceKind.gone]
        assert list_there(connection, MACHINE, town.account) == ()


def test_what_is_withheld_was_not_missed(town: Installation) -> None:
    town.mailbox().withhold(town.arrives(mail()))
    town.round()

    result = reconcile(town.runtime, town.account)

    assert (result.existing, result.missed) == (1, 0)
    assert told(town) == ["withheld"]


def test_junk_is_compared_and_sent_mail_is_not(town: Installation) -> None:
    town.mailbox().put(mail(), at=town.clock.now(), role=FolderRole.junk)
    town.mailbox().put(mail(id="<s@exempelby.example>"), at=town.clock.now(), role=FolderRole.sent)

    result = reconcile(town.runtime, town.account)

    assert result == Reconciled(account=town.account, existing=1)


def test_an_account_that_cannot_be_read_is_told_as_such_and_compared_later(town: Installation) -> None:
    town.mailbox().fail(Unreachable("tcp", "the server does not answer"))

    result = reconcile_when_due(town.runtime, town.account)
    due = accounts_to_reconcile(town.runtime)
    town.mailbox().recover()
    receive(town.runtime, town.account)
    at_once = accounts_to_reconcile(town.runtime)
    town.clock.forward(hours=1)
    later = accounts_to_reconcile(town.runtime)

    assert result.problem == "the server does not answer"
    assert town.account not in due
    assert town.account not in at_once
    assert town.account in later


def test_each_account_is_compared_once_a_day(town: Installation) -> None:
    first = compared(town)
    town.clock.forward(hours=23, minutes=59)
    before_a_day = compared(town)
    town.clock.forward(minutes=1)
    after_a_day = compared(town)

    assert set(first) == {account.id for account in town.site.accounts}
    assert before_a_day == []
    assert after_a_day == first


def test_of_a_host_one_account_at_a_time_is_rung_for(town: Installation) -> None:
    hosts = {account.host for account in town.site.accounts}

    due = accounts_to_reconcile(town.runtime)

    assert len(town.site.accounts) > len(hosts)
    assert len(due) == len(hosts)


def compared(town: Installation) -> list[AccountId]:
    """Compare what is due until nothing is, and return which accounts it was."""
    done: list[AccountId] = []
    while due := accounts_to_reconcile(town.runtime):
        for account in due:
            reconcile_when_due(town.runtime, account)
        done += due
    return done


def test_a_bell_rung_twice_compares_once(town: Installation) -> None:
    once = reconcile_when_due(town.runtime, town.account)
    twice = reconcile_when_due(town.runtime, town.account)

    assert once.problem == ""
    assert twice.problem == "it was begun a short while ago"
    with town.database.read() as connection:
        [kept] = list_reconciliations(connection, MACHINE)
    assert kept.at == town.clock.now()


def test_a_visit_under_way_does_not_put_it_off(town: Installation) -> None:
    lease = f"account/{town.account}"
    with town.database.write() as connection:
        claim_lease(connection, lease, "another-worker", timedelta(minutes=1))
    during = reconcile_when_due(town.runtime, town.account)
    with town.database.write() as connection:
        release_lease(connection, lease, "another-worker")

    after = reconcile_when_due(town.runtime, town.account)

    assert (during.problem, after.problem) == ("it is being read by another worker", "")


def test_the_sweep_rings_for_it(town: Installation) -> None:
    town.clock.forward(minutes=5)
    rung: list[tuple[Step, AccountId | None]] = []
    town.bell.ring = lambda step, account=None: rung.append((step, account))  # type: ignore[method-assign]

    sweep(town.runtime)

    assert (Step.reconcile, town.account) in rung


def test_an_account_that_was_never_read_is_not_compared_yet(database: Database) -> None:
    town = Installation(database)

    assert accounts_to_reconcile(town.runtime) == ()
