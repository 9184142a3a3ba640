"""What a sender gave of themselves: one number, one address, and none of ours."""

import pytest

from domain.given import given_in
from domain.message import Mailbox
from tests.builders import message, site


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("Ring mig på 070-174 06 42. Hälsningar Anna", ("+46701740642",)),
        ("Ring 070-174 06 42, eller min man på 070-174 06 43", ()),
        ("Jag ringde växeln på 08-465 004 12", ()),
        ("Svara till Anna.Exempel@example.se tack", ("anna.exempel@example.se",)),
        ("Svara till anna@example.se eller bo@example.se", ()),
        ("Jag skrev till gata@exempelby.example", ()),
        ("Ring 0701740642 eller skriv till bo@example.com", ("+46701740642", "bo@example.com")),
        ("Hål i vägen på Storgatan 3", ()),
        ("", ()),
    ],
)
def test_only_what_stands_alone_and_is_not_ours_counts(text: str, given: tuple[str, ...]) -> None:
    assert given_in(message(text=text, sender=Mailbox("+46701740699")), site()) == given


def test_what_they_wrote_from_is_nothing_new() -> None:
    assert given_in(message(text="anna@example.se", sender=Mailbox("Anna@example.se")), site()) == ()
