"""Conditions of a rule in words, as triage keeps them."""

from dataclasses import replace

import pytest

from domain.account import Channel, Tier
from domain.category import ErrandType, Urgency
from domain.ids import AccountId, CategoryId, RuleId
from domain.message import Mailbox
from domain.rule import Conditions, HeaderCondition, Rule
from tests.builders import account, message, site
from tests.unit.triage.screening import about
from triage.rules import RuleFacts, trace
from web.condition_words import say_condition
from web.words import LANGUAGES, words_of

SWEDISH = words_of("sv")
EVERYTHING = Conditions(
    channels=(Channel.email,),
    accounts=(AccountId("kontaktcenter"),),
    tiers=(Tier.contact_center,),
    senders=("@example.se",),
    headers=(HeaderCondition(name="X-Formular"),),
    categories=(CategoryId("gata"),),
    types=(ErrandType.report,),
    languages=("sv",),
    urgencies=(Urgency.U2,),
    open=True,
)


def kept(is_open: bool = True) -> tuple[str, ...]:
    """Return what triage keeps of a rule that asks for everything."""
    facts = RuleFacts(
        message=message(headers=(("x-formular", "fel"),), sender=Mailbox("anna@example.se")),
        account=account(),
        classification=replace(about("gata"), type=ErrandType.report, urgency=Urgency.U2),
        language="sv",
        open=is_open,
    )
    [traced] = trace((Rule(id=RuleId("allt"), when=replace(EVERYTHING, open=is_open)),), facts)
    return traced.matched


def test_every_condition_has_words_and_names_instead_of_ids() -> None:
    said = [say_condition(each, site(), SWEDISH) for each in kept()]

    assert said == [
        "kanalen är E-post", "det kom till Kontaktcenter", "nivån är kontaktcenter", "avsändaren är anna@example.se",
        "brevhuvudet har X-Formular: fel", "det gäller Gata och park", "typen är Felanmälan", "språket är svenska",
        "brådskan är Vanlig", "det var öppet när det kom",
    ]  # fmt: skip
    assert say_condition(kept(is_open=False)[-1], site(), SWEDISH) == "det var stängt när det kom"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_condition_stands_as_it_was_kept(language: str) -> None:
    words = words_of(language)

    assert not set(kept()) & {say_condition(each, site(), words) for each in kept()}


def test_what_an_older_release_kept_stands_as_it_is() -> None:
    assert say_condition("moon is full", site(), SWEDISH) == "moon is full"
    assert say_condition("category borta", site(), SWEDISH) == "det gäller borta"
