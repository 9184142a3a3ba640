"""A few plain words are enough where they are clear, and never enough for an alarm that nobody wrote."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.account import Channel
from domain.message import Message
from domain.site import Site
from settings.load import load
from triage.categories import classify
from triage.language import guess_language

EXAMPLE = Path("settings/example")

#: What people text, with what it is about.
SHORT = (
    ("Hej! När öppnar biblioteket?", "bib"),
    ("Är simhallen öppen på lördag", "fri"),
    ("hei, milloin kirjasto aukeaa", "bib"),
    ("När kommer snöplogen", "sno"),
    ("jag vill boka lokal", "fri"),
    ("När börjar skolan", "skola"),
    ("Vem bestämmer om färdtjänst", "ftj"),
    ("finns det lediga lägenheter", "bo"),
    ("The street light outside my house is broken", "gata"),
    ("Mitt vatten är brunt", "va"),
    ("När kommer sommarjobben ut", "job"),
    ("min dotter har inte fått sin skolskjuts", "skola"),
    ("När töms soporna hos oss", "avfall"),
    ("Hej vill byta förskola", "fsk"),
    ("hemtjänsten kom inte idag", "aldre"),
    ("jag vill överklaga beslutet", "okl_overklagande"),
    ("det luktar gas i trapphuset", "fara"),
    ("jag orkar inte leva längre", "fara"),
    ("min granne slår sin fru", "oro"),
    ("Tack för hjälpen", "oklart"),
    ("Tack för svaret! Då kommer jag på fredag.", "oklart"),
    ("Jag är på semester till måndag. Vid akut fara, ring 112.", "oklart"),
    ("Var ligger kommunhuset", "oklart"),
    ("Vilka tider har ni öppet?", "oklart"),
    ("öppnar ni klockan 8?", "oklart"),
    ("What are your opening hours", "oklart"),
)


@pytest.fixture(scope="module")
def example() -> Site:
    """Give the example's configuration."""
    return load(EXAMPLE)


@pytest.mark.parametrize(("text", "about"), SHORT)
def test_a_short_message_is_taken_at_its_plain_words(example: Site, text: str, about: str) -> None:
    message = Message(channel=Channel.sms, arrived_at=datetime(2026, 11, 24, 8, 12, tzinfo=UTC), text=text)

    found = classify(message, guess_language(text, example.triage), example.categories, example.triage)

    assert found.category == about
