"""Rules: hits and misses with the condition that failed, and what they decide together."""

from dataclasses import replace
from typing import Any

import pytest

from domain.account import Channel, Tier
from domain.category import ErrandType, Secrecy, Urgency
from domain.context import Thread
from domain.ids import AccountId, CategoryId, RuleId, UnitId
from domain.message import Attachment, AttachmentKind, Mailbox
from domain.rule import CONDITIONS, Actions, Conditions, HeaderCondition, Rule
from domain.rule_index import AT_ONCE, index_rules, keys_of_address
from tests.builders import account, message
from tests.unit.triage.screening import about
from triage.conditions import RuleFacts
from triage.rules import Outcome, apply_rules, trace

DRAWING = Attachment(name="Ritning.pdf", media_type="application/pdf", size_bytes=9_000)
WHENS = [
    Conditions(),
    Conditions(channels=(Channel.email,)),
    Conditions(accounts=(AccountId("kontaktcenter"),)),
    Conditions(tiers=(Tier.contact_center, Tier.unit)),
    Conditions(senders=("Anna@example.se",)),
    Conditions(senders=("@example.se",)),
    Conditions(headers=(HeaderCondition(name="X-Formular", contains="FEL"),)),
    Conditions(headers=(HeaderCondition(name="x-formular"),)),
    Conditions(categories=(CategoryId("bygg"), CategoryId("gata"))),
    Conditions(types=(ErrandType.report,)),
    Conditions(languages=("sv",)),
    Conditions(urgencies=(Urgency.U2,)),
    Conditions(open=True),
    Conditions(recipients=("KontaktCenter@exempelby.example",)),
    Conditions(recipients=("@exempelby.example",)),
    Conditions(headers=(HeaderCondition(name="X-Formular", pattern="^fel.*n$"),)),
    Conditions(secrecies=(Secrecy.SK0,)),
    Conditions(words=("potthål", "hål  i vägen")),
    Conditions(words=("storgat*",)),
    Conditions(words=("*gatan",)),
    Conditions(patterns=(r"ärende \d", r"stort\s+hål")),
    Conditions(has_attachment=True),
    Conditions(attachments=("*.PDF", "video/*")),
    Conditions(attachments=("application/*",)),
    Conditions(larger_than_kb=11),
    Conditions(smaller_than_kb=13),
    Conditions(known_contact=True),
    Conditions(threads=(Thread.receipt, Thread.conversation)),
]
FAILING = [
    (Conditions(channels=(Channel.sms, Channel.facebook)), "channel is email, not sms or facebook"),
    (Conditions(accounts=(AccountId("gata"),)), "account is kontaktcenter, not gata"),
    (Conditions(tiers=(Tier.employee,)), "tier is contact_center, not employee"),
    (Conditions(senders=("bo@example.se",)), "sender is anna@example.se, not bo@example.se"),
    (Conditions(senders=("@ample.se",)), "sender is anna@example.se, not @ample.se"),
    (Conditions(headers=(HeaderCondition(name="X-Other"),)), "header X-Other is missing"),
    (
        Conditions(headers=(HeaderCondition(name="X-Formular", contains="sno"),)),
        "header X-Formular does not contain sno",
    ),
    (Conditions(categories=(CategoryId("bygg"),)), "category is gata, not bygg"),
    (Conditions(types=(ErrandType.praise,)), "type is report, not praise"),
    (Conditions(languages=("fi", "en")), "language is sv, not fi or en"),
    (Conditions(urgencies=(Urgency.U0,)), "urgency is U2, not U0"),
    (Conditions(open=False), "the account was open, not closed"),
    (Conditions(channels=(Channel.email,), languages=("fi",), open=False), "language is sv, not fi"),
    (Conditions(recipients=("gata@exempelby.example", "@ple.se")), "no recipient is gata@exempelby.example or @ple.se"),
    (Conditions(headers=(HeaderCondition(name="X-Formular", pattern="^an"),)), "header X-Formular does not match ^an"),
    (Conditions(secrecies=(Secrecy.SK2,)), "secrecy is SK0, not SK2"),
    (Conditions(words=("stor", "väg")), "no word is stor or väg"),
    (Conditions(patterns=(r"ärende \d+",)), r"nothing matches ärende \d+"),
    (Conditions(has_attachment=False), "something is attached"),
    (Conditions(attachments=("*.jpg",)), "no attachment is *.jpg"),
    (Conditions(larger_than_kb=12), "size is 12000 bytes, not over 12 kB"),
    (Conditions(smaller_than_kb=12), "size is 12000 bytes, not under 12 kB"),
    (Conditions(known_contact=False), "the contact is known"),
    (Conditions(threads=(Thread.new,)), "thread is receipt, not new"),
]


def rule(id: str, when: Conditions | None = None, note: bool = False, **then: Any) -> Rule:
    return Rule(id=RuleId(id), note=note, when=when or Conditions(), then=Actions(**then))


def facts(**changes: Any) -> RuleFacts:
    base = RuleFacts(
        message=message(headers=(("x-formular", "felanmälan"),), attachments=(DRAWING,), size_bytes=12_000),
        account=account(),
        classification=about(type=ErrandType.report),
        language="sv",
        open=True,
        thread=Thread.receipt,
        known_contact=True,
    )
    return replace(base, **changes)


def applied(*rules: Rule, **changes: Any) -> Outcome:
    return apply_rules(index_rules(rules), facts(**changes))


@pytest.mark.parametrize("when", WHENS, ids=str)
def test_a_rule_whose_conditions_all_hold_hits(when: Conditions) -> None:
    (traced,) = trace((rule("r", when),), facts())

    assert traced.hit
    assert traced.failed == ""
    assert len(traced.matched) == (when != Conditions())


@pytest.mark.parametrize(("when", "failed"), FAILING, ids=lambda value: str(value)[:40])
def test_a_rule_that_misses_names_the_first_condition_that_failed(when: Conditions, failed: str) -> None:
    (traced,) = trace((rule("r", when),), facts())

    assert (traced.hit, traced.failed, traced.matched) == (False, failed, ())


def test_what_matched_is_told_condition_by_condition() -> None:
    when = Conditions(senders=("@example.se",), headers=(HeaderCondition(name="X-Formular"),), open=True)

    (traced,) = trace((rule("r", when),), facts())

    assert traced.matched == ("sender anna@example.se", "header X-Formular: felanmälan", "the account was open")


def test_an_opening_state_that_nobody_knows_hits_neither_way() -> None:
    traced = trace((rule("a", Conditions(open=True)), rule("b", Conditions(open=False))), facts(open=None))

    assert [each.failed for each in traced] == [
        "the account was neither known open nor closed, not open",
        "the account was neither known open nor closed, not closed",
    ]


def test_a_message_without_sender_misses_in_words() -> None:
    (traced,) = trace((rule("r", Conditions(senders=("@example.se",))),), facts(message=message(sender=None)))

    assert traced.failed == "sender is missing, not @example.se"


@pytest.mark.parametrize("name", CONDITIONS)
def test_every_condition_is_tried_both_ways(name: str) -> None:
    assert any(when.asks(name) for when in WHENS)
    assert any(when.asks(name) for when, _ in FAILING)


def test_what_only_looks_like_an_attachment_is_none() -> None:
    signed = message(attachments=(replace(DRAWING, kind=AttachmentKind.signature),))

    (traced,) = trace((rule("r", Conditions(has_attachment=False)),), facts(message=signed))

    assert (traced.hit, traced.matched) == (True, ("nothing is attached",))


def test_a_miss_says_how_near_it_was() -> None:
    near = Conditions(channels=(Channel.email,), accounts=(AccountId("kontaktcenter"),), languages=("fi",), open=False)

    (traced,) = trace((rule("r", near),), facts())

    assert (traced.held, traced.all_failed) == (2, ("language is sv, not fi", "the account was open, not closed"))


def test_words_are_found_whole_and_in_any_case() -> None:
    def found(text: str, *words: str) -> tuple[str, ...]:
        letter = message(subject="", text=text)
        return trace((rule("r", Conditions(words=words)),), facts(message=letter))[0].matched

    assert found("LÄCKAGE i källaren", "läck*") == ("word LÄCKAGE",)
    assert found("vi har vatten-läcka", "läcka") == ("word läcka",)
    assert found("brandskydd", "brand") == ()
    assert found("hål\n  i\u00a0vägen", "hål i vägen") == ("word hål i vägen",)
    assert found("a.b", "a.b") == ("word a.b",)
    assert found("axb", "a.b") == ()


def test_the_first_that_hits_binds() -> None:
    rules = (rule("fi", Conditions(languages=("fi",)), unit="bygg"), rule("one", unit="gata"), rule("two", unit="va"))

    traced = trace(rules, facts())

    assert [each.hit for each in traced] == [False, True, False]
    assert traced[2].failed == "rule one binds before it"
    assert applied(*rules).unit == "gata"


def test_a_rule_that_binds_decides_only_what_it_names() -> None:
    decided = applied(rule("r", urgency=Urgency.U3))

    assert (decided.unit, decided.urgency, decided.secrecy, decided.template) == (None, Urgency.U3, Secrecy.SK0, None)


def test_notes_add_beside_the_one_that_binds() -> None:
    decided = applied(
        rule("before", note=True, needs_a_look=True),
        rule("binds", unit="gata", urgency=Urgency.U2, template="own", secrecy=Secrecy.SK1),
        rule("after", note=True, no_reply=True, urgency=Urgency.U1),
    )

    assert [each.id for each in decided.traces] == ["before", "binds", "after"]
    assert [each.id for each in decided.needs_a_look] == ["before"]
    assert [each.id for each in decided.no_reply] == ["after"]
    assert (decided.unit, decided.template, decided.secrecy) == ("gata", "own", Secrecy.SK1)
    assert decided.urgency is Urgency.U1


def test_a_note_never_lowers_the_urgency_or_moves_the_ticket() -> None:
    decided = applied(rule("note", note=True, urgency=Urgency.U3, unit=UnitId("va"), secrecy=Secrecy.SK2))

    assert (decided.urgency, decided.unit, decided.secrecy) == (Urgency.U2, None, Secrecy.SK0)


def test_no_rule_overrides_safety_but_notes_add() -> None:
    danger = about("fara", safety=True, urgency=Urgency.U0, secrecy=Secrecy.SK2)
    rules = (
        rule("binds", unit="va", urgency=Urgency.U3, secrecy=Secrecy.SK0, template="own", no_reply=True),
        rule("note", note=True, needs_a_look=True),
    )

    decided = applied(*rules, classification=danger)
    traced = trace(rules, facts(classification=danger))

    assert (decided.unit, decided.urgency, decided.secrecy) == (None, Urgency.U0, Secrecy.SK2)
    assert (decided.template, decided.no_reply) == (None, ())
    assert [each.id for each in decided.needs_a_look] == ["note"]
    assert traced[0].failed == "fara is a safety matter, which only notes may add to"


def test_the_index_finds_exactly_the_rules_that_hit() -> None:
    rules = tuple(
        rule(f"{number}-{note}", when, note=note)
        for number, when in enumerate([*WHENS, *(when for when, _ in FAILING)])
        for note in (True, False)
    )

    decided = apply_rules(index_rules(rules), facts())

    assert decided.traces == tuple(each for each in trace(rules, facts()) if each.hit)


def test_a_thousand_rules_are_not_all_asked() -> None:
    rules = tuple(rule(str(number), Conditions(categories=(CategoryId(f"c{number}"),))) for number in range(1000))

    candidates = index_rules((*rules, rule("all"))).candidates([("categories", "c7")], "")

    assert [each.id for each in candidates] == ["7", "all"]


def test_rules_that_ask_for_words_are_passed_over_together() -> None:
    rules = tuple(rule(str(number), Conditions(words=(f"ord{number}x",))) for number in range(AT_ONCE + 1))

    index = index_rules(rules)

    assert index.candidates([], "inget av dem") == ()
    assert [each.id for each in index.candidates([], f"här står ord{AT_ONCE}x")] == [str(AT_ONCE)]


def test_patterns_that_are_too_large_together_are_asked_one_by_one() -> None:
    large = tuple(rule(str(number), Conditions(patterns=(f"{number}[åäö]{{900}}\\pL{{200}}",))) for number in range(40))

    index = index_rules(large)

    assert index.gates == ()
    assert len(index.candidates([], "")) == 40


def test_senders_are_found_without_a_category() -> None:
    index = index_rules((rule("who", Conditions(senders=("Bo@example.se", "@firma.example"))),))

    def found(sender: str) -> int:
        return len(index.candidates(keys_of_address("senders", sender), ""))

    assert (found("bo@example.se"), found("x@firma.example"), found("anna@example.se"), found("")) == (1, 1, 0, 0)


def test_tags_and_notifying_add_up() -> None:
    decided = applied(
        rule("note", note=True, tags=("jour", "vatten")),
        rule("binds", unit="gata", tags=("vatten",), notify_at_once=True),
    )

    assert (decided.tags, decided.notify_at_once) == (("jour", "vatten"), True)
    assert applied(rule("binds")).notify_at_once is False


def test_a_message_from_nobody_matches_no_sender() -> None:
    sender = Mailbox("")

    (traced,) = trace((rule("r", Conditions(senders=("@example.se",))),), facts(message=message(sender=sender)))

    assert not traced.hit
