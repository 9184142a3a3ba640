"""A pile of mail delays no SMS: neither its decision nor its reply."""

from dataclasses import replace

import pytest

from domain.account import Account, Channel
from domain.ids import AccountId, OrganisationId
from domain.outgoing import Outgoing, OutgoingKind, SendState
from domain.protocols import Step
from pipeline.send import send
from store.database import Database
from store.outgoing import Draft, add_outgoing
from tests.flow.installation import Installation, mail, small_site

PILE = 60


@pytest.fixture
def town(database: Database) -> Installation:
    """Give a town with a mailbox and a number."""
    base = small_site()
    (mailbox, *_) = base.accounts
    number: Account = replace(
        mailbox, id=AccountId("sms"), channel=Channel.sms, address="+46701740605", imap=None, smtp=None
    )
    return Installation(database, site=replace(base, accounts=(mailbox, number)))


def put_out(town: Installation, account: AccountId, channel: Channel, count: int) -> None:
    """Put persons' answers into the outbox: no brake asks for them."""
    with town.database.write() as connection:
        for number in range(count):
            intent = Outgoing(
                kind=OutgoingKind.answer, organisation=OrganisationId("exempelby"), account=account, channel=channel,
                recipient=f"{account}{number}@example.se", template="written", language="sv", slots={},
            )  # fmt: skip
            draft = Draft(
                message_id=f"<{account}.{number}@exempelby.example>", sender="x@exempelby.example", envelope_sender="",
                subject="Sv", text="Hej!", headers=(), template_version="1",
            )  # fmt: skip
            add_outgoing(connection, intent, draft, at=town.clock.now())


def test_an_sms_leaves_before_the_pile_that_lay_in_the_outbox_first(town: Installation) -> None:
    put_out(town, town.account, Channel.email, PILE)
    put_out(town, AccountId("sms"), Channel.sms, 2)

    send(town.runtime)

    assert [each.account for each in town.wires.out.sent[:2]] == ["sms", "sms"]
    assert len(town.wires.out.sent) == PILE + 2


def test_who_sends_what_is_urgent_leaves_the_rest_to_others(town: Installation) -> None:
    put_out(town, town.account, Channel.email, 3)
    put_out(town, AccountId("sms"), Channel.sms, 2)

    sent = send(town.runtime, urgent_alone=True)

    assert sent.states == {SendState.sent: 2}
    assert [each.account for each in town.wires.out.sent] == ["sms", "sms"]


def test_a_decision_rings_for_what_is_urgent_too(town: Installation) -> None:
    town.connect()
    town.arrives(mail())

    town.round()

    assert Step.send in town.bell.rung
    assert Step.send_urgent in town.bell.rung
