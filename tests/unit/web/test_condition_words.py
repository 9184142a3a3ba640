"""Conditions of a rule in words, as triage keeps them."""

from dataclasses import replace
from typing import Any

import pytest

from domain.account import Channel, Tier
from domain.category import ErrandType, Secrecy, Urgency
from domain.context import Thread
from domain.ids import AccountId, CategoryId, RuleId
from domain.message import Attachment, Mailbox
from domain.rule import CONDITIONS, Conditions, HeaderCondition, Rule
from tests.builders import account, message, site
from tests.unit.triage.screening import about
from triage.conditions import RuleFacts
from triage.rules import trace
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
    secrecies=(Secrecy.SK0,),
    recipients=("@exempelby.example",),
    words=("stor*",),
    patterns=("hål i",),
    open=True,
    has_attachment=True,
    attachments=("*.pdf",),
    larger_than_kb=1,
    smaller_than_kb=20,
    known_contact=True,
    threads=(Thread.receipt,),
)
#: What else a condition may find.
OTHERWISE = Conditions(open=False, has_attachment=False, known_contact=False, threads=tuple(Thread))


def kept(when: Conditions = EVERYTHING, **changes: Any) -> tuple[str, ...]:
    """Return what triage keeps of a rule that hits."""
    drawing = Attachment(name="Ritning.pdf", media_type="application/pdf", size_bytes=9_000)
    facts = RuleFacts(
        message=message(
            headers=(("x-formular", "fel"),), sender=Mailbox("anna@example.se"), attachments=(drawing,),
            size_bytes=12_000,
        ),
        account=account(),
        classification=replace(about("gata"), type=ErrandType.report, urgency=Urgency.U2),
        language="sv",
        open=True,
        thread=Thread.receipt,
        known_contact=True,
    )  # fmt: skip
    [traced] = trace((Rule(id=RuleId("allt"), when=when),), replace(facts, **changes))
    return traced.matched


def otherwise(thread: Thread) -> tuple[str, ...]:
    """Return what triage keeps of a message that has nothing of what the other has."""
    bare = message(text="Ett stort hål i gatan")
    return kept(OTHERWISE, message=bare, open=False, known_contact=False, thread=thread)


def test_every_condition_has_words_and_names_instead_of_ids() -> None:
    said = [say_condition(each, site(), SWEDISH) for each in kept()]

    assert said == [
        "kanalen är E-post", "det kom till Kontaktcenter", "nivån är kontaktcenter", "avsändaren är anna@example.se",
        "det är skickat till kontaktcenter@exempelby.example", "brevhuvudet har X-Formular: fel",
        "det gäller Gata och park", "typen är Felanmälan", "språket är svenska", "brådskan är Vanlig",
        "sekretessen är Öppet", "där står ”stort”", "där står ”Hål i”", "det var öppet när det kom",
        "det har en bilaga", "bilagan är Ritning.pdf", "storleken är 12 kB", "storleken är 12 kB",
        "vi har skrivit till avsändaren förut", "det svarar på vårt automatiska svar",
    ]  # fmt: skip


def test_what_is_not_so_has_words_too() -> None:
    said = [say_condition(each, site(), SWEDISH) for each in otherwise(Thread.new)]

    assert said == [
        "det var stängt när det kom", "det har ingen bilaga", "vi har inte skrivit till avsändaren förut",
        "det är ett nytt meddelande",
    ]  # fmt: skip


def test_no_condition_is_left_out_here() -> None:
    assert [name for name in CONDITIONS if not EVERYTHING.asks(name)] == []
    assert len(kept()) == len(CONDITIONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_condition_stands_as_it_was_kept(language: str) -> None:
    words = words_of(language)
    every = {*kept(), *(each for thread in Thread for each in otherwise(thread))}

    assert not every & {say_condition(each, site(), words) for each in every}


def test_what_an_older_release_kept_stands_as_it_is() -> None:
    assert say_condition("moon is full", site(), SWEDISH) == "moon is full"
    assert say_condition("category borta", site(), SWEDISH) == "det gäller borta"
