"""Test mails from outside: sent, recognised, set aside, counted nowhere; missed when they do not arrive."""

from dataclasses import replace

import pytest

from connectors.fake import Trouble
from domain.account import SmtpConnection
from domain.canary import HEADER, Canary, CanarySettings
from domain.errors import Unreachable
from domain.finding import FindingKind
from domain.outgoing import Rendered
from domain.viewer import MACHINE
from pipeline.canary import canaries_due, send_canaries
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.watch import look
from store.account_days import list_counts
from store.canaries import add_canary, list_last_canaries
from store.database import Database
from store.events import list_after
from store.findings import list_open_findings
from store.handlings import list_workloads
from tests.flow.installation import Installation, mail, small_site

OUTSIDE = CanarySettings(smtp=SmtpConnection(host="127.0.0.1"), sender="test@outside.example")


@pytest.fixture
def town(database: Database) -> Installation:
    site = small_site()
    first, *rest = site.accounts
    site = replace(site, accounts=(replace(first, canary=True), *rest), canary=OUTSIDE)
    installation = Installation(database, site=site)
    installation.connect()
    return installation


def sent_mail(town: Installation) -> Rendered:
    [sent] = [each for each in town.wires.out.sent if dict(each.headers).get(HEADER)]
    return sent


def as_delivered(sent: Rendered, *, stripped: bool = False) -> bytes:
    """Return the mail as it lies in the mailbox; a gateway may have taken our header out."""
    headers = b"" if stripped else f"{HEADER}: {dict(sent.headers)[HEADER]}\r\n".encode()
    return (
        f"Return-Path: <{sent.envelope_sender}>\r\nFrom: {sent.sender}\r\nTo: {sent.recipient}\r\n"
        f"Subject: {sent.subject}\r\nMessage-ID: {sent.message_id}\r\nAuto-Submitted: auto-generated\r\n"
    ).encode() + headers + b"\r\nHej\r\n"  # fmt: skip


def findings(town: Installation) -> list[FindingKind]:
    with town.database.read() as connection:
        kinds = [each.kind for each in list_open_findings(connection, MACHINE)]
    return [kind for kind in kinds if kind is not FindingKind.no_manager]


def look_later(town: Installation, **duration: float) -> None:
    """Let time go by, read the mailboxes, and look twice, as a finding must hold for a while."""
    for _ in range(2):
        town.clock.forward(**duration)
        for each in town.site.accounts:
            receive(town.runtime, each.id)
        look(town.runtime)


def test_a_test_mail_goes_to_the_accounts_that_ask_for_it_as_often_as_is_set(town: Installation) -> None:
    assert send_canaries(town.runtime) == 1
    assert send_canaries(town.runtime) == 0

    sent = sent_mail(town)
    assert (sent.sender, sent.recipient) == ("test@outside.example", "kontaktcenter@exempelby.example")
    assert dict(sent.headers)[HEADER] in sent.subject
    town.clock.forward(hours=6)
    assert [account.id for account in canaries_due(town.runtime)] == [town.account]


@pytest.mark.parametrize("stripped", [False, True])
def test_it_is_set_aside_and_counted_nowhere(town: Installation, stripped: bool) -> None:
    send_canaries(town.runtime)
    town.arrives(as_delivered(sent_mail(town), stripped=stripped))
    town.clock.forward(minutes=2)

    town.round()

    assert town.tickets() == ()
    assert len(town.wires.out.sent) == 1
    with town.database.read() as connection:
        [canary] = list_last_canaries(connection, MACHINE).values()
        work = list_workloads(connection, MACHINE)[town.account]
        counts = list(list_counts(connection, MACHINE, [town.account], [town.clock.now().date()]))
    assert canary.arrived_at == town.clock.now()
    assert (work.unhandled, work.last_arrival_at, counts) == (0, None, [])


def test_one_that_does_not_arrive_in_time_is_a_finding_until_one_does(town: Installation) -> None:
    send_canaries(town.runtime)

    look_later(town, minutes=7)
    assert findings(town) == []
    look_later(town, minutes=10)
    assert findings(town) == [FindingKind.canary_missing]

    town.arrives(as_delivered(sent_mail(town)))
    look_later(town, hours=2)
    assert findings(town) == []


def test_to_send_the_next_one_ends_no_finding_about_the_last(town: Installation) -> None:
    send_canaries(town.runtime)
    look_later(town, hours=3)
    assert findings(town) == [FindingKind.canary_missing]

    next_one = Canary(
        organisation=town.site.accounts[0].organisation, account=town.account, mark="svk-next", sent_at=town.clock.now()
    )  # fmt: skip
    with town.database.write() as connection:
        add_canary(connection, next_one)
    look_later(town, minutes=1)
    look_later(town, minutes=6)

    assert findings(town) == [FindingKind.canary_missing]


def test_while_the_mailbox_cannot_be_read_that_is_the_finding(town: Installation) -> None:
    send_canaries(town.runtime)
    town.mailbox().fail(Unreachable("sign_in", "the server refused the password: renew it"))

    look_later(town, hours=1)

    assert findings(town) == [FindingKind.unreachable]


def test_a_strangers_mail_with_a_mark_of_his_own_is_a_ticket(town: Installation) -> None:
    send_canaries(town.runtime)

    town.arrives(mail(subject="Hål svk-00000000000000000000000000000001", extra=(f"{HEADER}: svk-{'0' * 32}",)))
    town.round()

    assert len(town.tickets()) == 1


def test_a_mark_sent_to_another_mailbox_is_worth_nothing(town: Installation) -> None:
    other = town.site.accounts[1]
    town.use(replace(town.site, accounts=(town.site.accounts[0], replace(other, canary=True))))
    send_canaries(town.runtime)
    to_first = next(each for each in town.wires.out.sent if each.recipient == town.site.accounts[0].address)

    town.arrives(mail(subject=f"Hål {dict(to_first.headers)[HEADER]}", to=other.address), other.id)
    receive(town.runtime, other.id)
    decide(town.runtime)

    assert len(town.tickets()) == 1


def test_one_that_could_not_be_sent_is_an_event_and_no_finding(town: Installation) -> None:
    town.wires.out.trouble = Trouble.failed_on_wire

    assert send_canaries(town.runtime) == 0

    look_later(town, hours=1)
    assert findings(town) == []
    with town.database.read() as connection:
        assert list_last_canaries(connection, MACHINE) == {}
        assert "canary_unsent" in [each.kind for each in list_after(connection, MACHINE, 0)]


def test_accounts_out_of_use_and_sites_without_a_way_out_get_none(town: Installation) -> None:
    town.use(replace(town.site, canary=CanarySettings()))

    assert canaries_due(town.runtime) == ()


def test_test_mails_that_cannot_be_sent_are_one_finding_until_they_go_again(town: Installation) -> None:
    send_canaries(town.runtime)
    town.arrives(as_delivered(sent_mail(town)))
    look_later(town, minutes=20)
    town.wires.out.trouble = Trouble.failed
    town.clock.forward(hours=5, minutes=25)
    send_canaries(town.runtime)
    look_later(town, minutes=2)
    after_one_try = findings(town)

    look_later(town, minutes=30)
    while_none_goes = findings(town)
    town.wires.out.trouble = None
    with town.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM leases WHERE name LIKE 'canary/%%'")
    assert send_canaries(town.runtime) == 1
    look_later(town, minutes=11)

    assert after_one_try == []
    assert while_none_goes == [FindingKind.canary_unsent]
    assert FindingKind.canary_unsent not in findings(town)
