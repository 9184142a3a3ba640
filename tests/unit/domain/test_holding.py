"""Holding replies: one reason against each, and nothing that speaks where all is well."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.account import AccountStatus, AutoReply, Channel, Mode
from domain.category import Secrecy, Urgency
from domain.holding import Holding, HoldingSettings, withheld
from domain.ticket import TicketStatus
from tests.builders import TUESDAY as NOW
from tests.builders import account
from tests.unit.web.test_promise import ticket

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DEFAULT = HoldingSettings()

HOLDING = Holding(
    ticket=ticket(answer_due_at=NOW + 2 * HOUR),
    account=account(auto_reply=AutoReply.on),
    recipient="anna@example.se",
    wrote_at=NOW - HOUR,
    new_due_at=NOW + DAY,
)


def rows(settings=DEFAULT, **changes):
    return [reason.row for reason in withheld(settings, replace(HOLDING, **changes), NOW)]


def of_ticket(**changes):
    return replace(HOLDING.ticket, **changes)


def test_where_nothing_speaks_against_it_it_goes():
    assert rows() == []


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        ("P14", {"account": account(auto_reply=AutoReply.off)}),
        ("P14", {"account": account(auto_reply=AutoReply.on, status=AccountStatus.closed)}),
        ("mode", {"account": account(auto_reply=AutoReply.on, mode=Mode.watch_only)}),
        ("screen", {"recipient": None}),
        ("screen", {"ticket": of_ticket(needs_a_look=True)}),
        ("3.3/43", {"ticket": of_ticket(secrecy=Secrecy.SK2)}),
        ("3.3/42", {"ticket": of_ticket(urgency=Urgency.U0)}),
        ("P9", {"ticket": of_ticket(status=TicketStatus.closed)}),
        ("P9", {"ticket": of_ticket(answer_met_at=NOW)}),
        ("P9", {"ticket": of_ticket(answer_due_at=None)}),
        ("P9", {"ticket": of_ticket(answer_due_at=NOW)}),
        ("P9", {"new_due_at": NOW + 2 * HOUR}),
    ],
)
def test_one_thing_that_is_not_as_it_should_be_is_one_reason(row, changes):
    assert rows(**changes) == [row]


def test_the_settings_switch_it_off_and_let_sensitive_matters_in():
    assert rows(HoldingSettings(send=False)) == ["holding"]
    assert rows(HoldingSettings(sensitive=True), ticket=of_ticket(secrecy=Secrecy.SK2)) == []


@pytest.mark.parametrize(
    ("channel", "since", "against"),
    [
        (Channel.facebook, DAY - timedelta(seconds=1), []),
        (Channel.facebook, DAY, ["3.8/2"]),
        (Channel.email, 9 * DAY, []),
        (Channel.sms, 9 * DAY, []),
    ],
)
def test_in_messenger_nothing_automatic_goes_24_hours_after_the_person_wrote(channel, since, against):
    assert rows(ticket=of_ticket(channel=channel), wrote_at=NOW - since) == against


def test_a_shadow_account_is_not_held_back_here_since_nothing_leaves_it():
    assert rows(account=account(auto_reply=AutoReply.shadow)) == []


def test_every_reason_is_told():
    assert rows(recipient=None, ticket=of_ticket(secrecy=Secrecy.SK2, urgency=Urgency.U0)) == [
        "screen",
        "3.3/43",
        "3.3/42",
    ]
