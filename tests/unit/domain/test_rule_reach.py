"""Rule reach: what is called unreachable is unreachable; properties try it on messages."""

from dataclasses import replace
from typing import Any

import pytest

from domain.account import Channel, Tier
from domain.category import CategoryKind, Secrecy, Urgency
from domain.context import Thread
from domain.ids import AccountId, CategoryId, RuleId
from domain.rule import CONDITIONS, Conditions, HeaderCondition, Rule
from domain.rule_reach import find_unreachable, implies
from domain.site import Site
from tests.builders import account, site

SMS = account(id=AccountId("sms"), channel=Channel.sms, address="+46701740605", tier=Tier.unit)
TOWN = site(accounts=(account(), SMS))

#: Narrow, wide: every message that fits the first fits the second.
IMPLIED: list[tuple[Conditions, Conditions]] = [
    (Conditions(), Conditions()),
    (Conditions(languages=("fi",)), Conditions()),
    (Conditions(languages=("fi",)), Conditions(languages=("sv", "fi"))),
    (Conditions(languages=("fi",), open=True), Conditions(languages=("fi",))),
    (Conditions(accounts=(AccountId("sms"),)), Conditions(channels=(Channel.sms,))),
    (Conditions(accounts=(AccountId("sms"),)), Conditions(tiers=(Tier.unit,), channels=(Channel.sms,))),
    (Conditions(senders=("a@example.se", "@example.se")), Conditions(senders=("@example.se",))),
    (Conditions(recipients=("a@example.se",)), Conditions(recipients=("@example.se", "@b.se"))),
    (
        Conditions(headers=(HeaderCondition(name="X", contains="ABC"), HeaderCondition(name="Y"))),
        Conditions(headers=(HeaderCondition(name="x", contains="b"),)),
    ),
    (Conditions(words=("läcka", "läckage*")), Conditions(words=("läck*",))),
    (Conditions(words=("hål i vägen",)), Conditions(words=("hål i väg*", "x"))),
    (Conditions(patterns=("a",)), Conditions(patterns=("a", "b"))),
    (Conditions(open=False), Conditions(open=False)),
    (Conditions(attachments=("*.pdf",)), Conditions(has_attachment=True)),
    (Conditions(larger_than_kb=10), Conditions(larger_than_kb=10)),
    (Conditions(larger_than_kb=10), Conditions(larger_than_kb=5)),
    (Conditions(smaller_than_kb=5), Conditions(smaller_than_kb=10)),
    (Conditions(known_contact=True), Conditions(known_contact=True)),
    (Conditions(threads=(Thread.new,)), Conditions(threads=(Thread.new, Thread.receipt))),
    (Conditions(urgencies=(Urgency.U0,)), Conditions(urgencies=(Urgency.U0, Urgency.U1))),
    (Conditions(secrecies=(Secrecy.SK2,)), Conditions(secrecies=(Secrecy.SK2,))),
]
NOT_IMPLIED: list[tuple[Conditions, Conditions]] = [
    (Conditions(), Conditions(languages=("fi",))),
    (Conditions(languages=("fi", "sv")), Conditions(languages=("fi",))),
    (Conditions(accounts=(AccountId("sms"), AccountId("kontaktcenter"))), Conditions(channels=(Channel.sms,))),
    (Conditions(accounts=(AccountId("gone"),)), Conditions(channels=(Channel.sms,))),
    (Conditions(senders=("a@example.se",)), Conditions(senders=("@ample.se",))),
    (Conditions(senders=("@example.se",)), Conditions(senders=("a@example.se",))),
    (Conditions(recipients=("a@example.se",)), Conditions(senders=("a@example.se",))),
    (Conditions(headers=(HeaderCondition(name="X"),)), Conditions(headers=(HeaderCondition(name="X", contains="a"),))),
    (Conditions(headers=(HeaderCondition(name="X"),)), Conditions(headers=(HeaderCondition(name="X", pattern="a"),))),
    (Conditions(words=("läck*",)), Conditions(words=("läcka",))),
    (Conditions(words=("*läcka",)), Conditions(words=("l*",))),
    (Conditions(words=("a b",)), Conditions(words=("a*",))),
    (Conditions(patterns=("a", "b")), Conditions(patterns=("a",))),
    (Conditions(open=False), Conditions(open=True)),
    (Conditions(attachments=("*.pdf",)), Conditions(has_attachment=False)),
    (Conditions(has_attachment=True), Conditions(attachments=("*",))),
    (Conditions(larger_than_kb=5), Conditions(larger_than_kb=10)),
    (Conditions(smaller_than_kb=10), Conditions(smaller_than_kb=5)),
    (Conditions(), Conditions(known_contact=False)),
    (Conditions(threads=tuple(Thread)), Conditions(threads=(Thread.new,))),
]


def rule(id: str, when: Conditions | None = None, note: bool = False) -> Rule:
    return Rule(id=RuleId(id), note=note, when=when or Conditions())


def named(*rules: Rule, town: Site = TOWN) -> list[tuple[str, str | None]]:
    return [(each.rule, each.by) for each in find_unreachable(replace(town, rules=rules))]


@pytest.mark.parametrize(("narrow", "wide"), IMPLIED)
def test_what_follows_is_seen(narrow: Conditions, wide: Conditions) -> None:
    assert implies(narrow, wide, TOWN)


@pytest.mark.parametrize(("narrow", "wide"), NOT_IMPLIED)
def test_what_does_not_follow_is_not_said(narrow: Conditions, wide: Conditions) -> None:
    assert not implies(narrow, wide, TOWN)


@pytest.mark.parametrize("name", CONDITIONS)
def test_every_condition_is_weighed(name: str) -> None:
    """A condition that nobody thought of must not be taken for one that asks nothing."""
    samples: dict[str, Any] = {
        "open": True, "has_attachment": True, "larger_than_kb": 5, "smaller_than_kb": 5, "known_contact": True,
        "headers": (HeaderCondition(name="X"),),
    }  # fmt: skip
    asking = Conditions(**{name: samples.get(name, ("x",))})

    assert not implies(Conditions(), asking, TOWN)
    assert implies(asking, asking, TOWN)


def test_a_rule_below_one_that_takes_everything_is_named_with_it() -> None:
    everything = rule("allt", Conditions(channels=(Channel.email,)))
    below = rule("fi", Conditions(channels=(Channel.email,), languages=("fi",)))

    (found,) = find_unreachable(replace(TOWN, rules=(everything, below)))

    assert (found.rule, found.by) == ("fi", "allt")
    assert found.why == "rule fi never hits: rule allt above it takes it all"


def test_notes_take_nothing_and_are_always_asked() -> None:
    assert named(rule("note", note=True), rule("a"), rule("later", note=True)) == []


def test_a_rule_that_never_hits_hides_no_other() -> None:
    assert named(rule("a", Conditions(open=True)), rule("b", Conditions(open=True)), rule("c")) == [("b", "a")]


def test_accounts_that_are_not_on_the_channel_fit_no_message() -> None:
    wrong = Conditions(channels=(Channel.email,), accounts=(AccountId("sms"),))

    assert named(rule("x", wrong), rule("y", Conditions(tiers=(Tier.employee,), accounts=(AccountId("sms"),)))) == [
        ("x", None),
        ("y", None),
    ]


def test_a_rule_that_only_asks_for_safety_matters_must_be_a_note() -> None:
    safety = [each.id for each in TOWN.categories if each.kind is CategoryKind.safety]
    when = Conditions(categories=(*safety,))

    (found,) = find_unreachable(replace(TOWN, rules=(rule("brand", when), rule("note", when, note=True))))

    assert (found.rule, found.by) == ("brand", None)
    assert "let it be a note" in found.why
    assert named(rule("more", Conditions(categories=(*safety, CategoryId("gata"))))) == []
