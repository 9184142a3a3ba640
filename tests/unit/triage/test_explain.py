"""Explain: a decision in the words of the command line."""

import json

import pytest

from domain.account import Channel
from domain.ids import AccountId, RuleId, UnitId
from domain.rule import Actions, Conditions, Rule
from tests.builders import account, context, message, site
from tests.unit.triage.screening import street_account
from triage.decide import decide
from triage.explain import explanation

#: design.md section 9, by hand and in order.
KEYS = [
    "file",
    "sender",
    "subject",
    "arrived_at",
    "language",
    "category",
    "score",
    "type",
    "urgency",
    "secrecy",
    "unit",
    "automatic_reply",
    "notice_due_at",
    "answer_due_at",
    "rules",
    "text",
    "quoted",
    "defects",
    "error",
]
RULES = (
    Rule(id=RuleId("fi"), when=Conditions(languages=("fi",))),
    Rule(id=RuleId("gata"), when=Conditions(accounts=(AccountId("gata"),)), then=Actions(unit=UnitId("gata"))),
    Rule(id=RuleId("all")),
)


def test_it_holds_exactly_the_keys_of_the_contract_and_is_json() -> None:
    town = site()

    shown = explanation(decide(message(), context(), town), message(), town, "1.eml")

    assert list(shown) == KEYS
    assert list(shown["automatic_reply"]) == ["send", "reasons", "template", "language", "to"]
    assert json.loads(json.dumps(shown))["file"] == "1.eml"


def test_times_are_local_with_their_offset() -> None:
    town = site()

    shown = explanation(decide(message(), context(), town), message(), town)

    assert shown["arrived_at"] == "2026-11-24T09:12:00+01:00"
    assert shown["notice_due_at"] == "2026-11-24T10:12:00+01:00"


def test_a_message_without_sender_says_null() -> None:
    town, nobody = site(), message(sender=None)

    shown = explanation(decide(nobody, context(), town), nobody, town)

    assert shown["sender"] is None
    assert shown["automatic_reply"]["send"] is False


def test_what_has_no_clock_says_null() -> None:
    town, bulk = site(), message(headers=(("precedence", "bulk"),))

    shown = explanation(decide(bulk, context(), town), bulk, town)

    assert (shown["notice_due_at"], shown["answer_due_at"]) == (None, None)


def test_rules_that_missed_are_worked_out_again() -> None:
    town = site(rules=RULES)

    shown = explanation(decide(message(), context(), town), message(), town)

    assert shown["rules"] == [
        {"id": "fi", "hit": False, "matched": [], "failed": "language is sv, not fi"},
        {"id": "gata", "hit": False, "matched": [], "failed": "account is kontaktcenter, not gata"},
        {"id": "all", "hit": True, "matched": [], "failed": ""},
    ]


def test_rules_are_compared_with_the_account_that_it_came_to() -> None:
    street = street_account()
    town = site(rules=RULES, accounts=(account(), street))
    letter = message(to=("gata@exempelby.example",))

    there = context(account=street)
    shown = explanation(decide(letter, there, town), letter, town, context=there)

    assert [rule["hit"] for rule in shown["rules"]] == [False, True, False]


def test_hits_alone_are_told_without_asking_again() -> None:
    town = site(rules=RULES)

    shown = explanation(decide(message(), context(), town), message(), town, misses=False)

    assert [rule["id"] for rule in shown["rules"]] == ["all"]


def test_a_channel_without_an_account_must_be_told_which() -> None:
    town, sms = site(), message(channel=Channel.sms)

    with pytest.raises(KeyError):
        explanation(decide(sms, context(), town), sms, town)
