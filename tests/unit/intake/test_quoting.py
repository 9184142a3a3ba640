"""Quoting: the author's words apart from the earlier mail, as every mail program parts them."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.marks import EARLIER, INTRODUCES
from intake.quoting import Split, separate

QUOTATIONS = tomllib.loads((Path(__file__).parent / "quotations.toml").read_text(encoding="utf-8"))
INTRODUCTIONS, SEPARATORS = QUOTATIONS["introductions"], QUOTATIONS["separators"]
FROM_TELEPHONES = [each for each in SEPARATORS.values() if "Outlook" in each]


@pytest.mark.parametrize("introduction", INTRODUCTIONS.values(), ids=INTRODUCTIONS)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_what_an_introduction_introduces_is_quoted(introduction: str, mark: str) -> None:
    split = separate(f"Tack!\n\n{introduction}\n{mark}Ring 112.\n{mark}Hälsningar")

    assert split == Split("Tack!", f"{introduction}\n{mark}Ring 112.\n{mark}Hälsningar")


@pytest.mark.parametrize("separator", SEPARATORS.values(), ids=SEPARATORS)
def test_what_stands_below_a_separator_is_quoted(separator: str) -> None:
    split = separate(f"Tack!\n\n{separator}\n\nRing 112.")

    device = f" {separator.splitlines()[0]}" if separator in FROM_TELEPHONES else ""
    assert " ".join(split.text.split()) == f"Tack!{device}"
    assert f"{split.text} {split.quoted}".split() == f"Tack! {separator} Ring 112.".split()


@pytest.mark.parametrize("separator", FROM_TELEPHONES)
def test_what_a_telephone_adds_is_no_answer(separator: str) -> None:
    assert "Ring 112." in separate(f"{separator}\n\nRing 112.", "VB: Hål").text


def test_what_the_html_says_of_quotations_is_believed_in_every_language() -> None:
    polish = f"Tack!\n{INTRODUCES}W dniu wt., 24 lis 2026 KC napisał(a) tak:\n\n> Ring 112."
    outlook = f"Tack!\n\n{EARLIER}Od: KC\nData: dzisiaj\nRing 112."

    assert separate(polish).text == separate(outlook).text == "Tack!"
    assert separate(outlook).quoted == "Od: KC\nData: dzisiaj\nRing 112."


def test_marks_never_stay_in_the_text() -> None:
    split = separate(f"{INTRODUCES}a\n{EARLIER}b", "VB: x")

    assert split == Split("a\nb")


def test_a_line_right_above_an_introduction_is_the_authors_own() -> None:
    split = separate(
        "Den 3 dec. kl. 10.15 passar\nDen 24 nov. 2026 09:12 skrev KC <kc@exempelby.example>:\n> Ring 112."
    )

    assert split.text == "Den 3 dec. kl. 10.15 passar"


@pytest.mark.parametrize(
    "text",
    [
        "Den 5 maj skrev jag till er:\nDet är ett hål.",
        "Från: Storgatan\nDit vill jag ha en buss.",
        "Hej\n--\nAnna",
        "Pris: 10\nTill: Anna\nDatum: 5 maj",
        "Hon skrev:\nJag kommer.",
        "Jag vill boka färdtjänst.\nFrån: Storgatan 3\nTill: Vårdcentralen\nDatum: 24 november",
        "Nytt ärende från webben:\nFrån: Anna\nÄmne: Hål\nMeddelande: Det är ett hål.",
        "Den 5 maj 2026 kl. 10.15 skrev jag till er:\nDet är ett hål.",
        "Handläggaren skrev den 5 maj 2026 kl. 10.15 att:\nDet är ett hål.",
        "Den 5 maj 2026 skrev handläggaren till mig:\nVi kommer.",
        "- ett\n- två\n_____\nMer text",
    ],
)
def test_ordinary_words_are_the_authors_own(text: str) -> None:
    assert separate(text) == Split(text)


def test_words_after_a_marked_quotation_are_the_authors_own() -> None:
    split = separate("Den 24 nov. 2026 kl. 09:12 skrev KC <kc@exempelby.example>:\n> Var?\n\nPå Storgatan.", "Re: Hål")

    assert split.text == "På Storgatan."


def test_a_forwarded_mail_without_words_has_the_forwarded_ones() -> None:
    assert separate("\nFrån: Bo\nSkickat: i går\n\nHål i vägen.", "VB: Hål").text.endswith("Hål i vägen.")


def test_a_reply_without_words_stays_without_words() -> None:
    assert separate("\nFrån: KC\nSkickat: i går\n\nRing 112.", "Sv: Hål").text == ""


def test_no_word_is_lost() -> None:
    text = "Ett\n> två\nOn 24 Nov 2026, at 09:12, KC wrote:\n> tre\nfyra\n-----Original Message-----\nfem"

    split = separate(text)

    assert sorted((split.text + "\n" + split.quoted).split()) == sorted(text.split())


LINES = st.one_of(
    st.sampled_from(
        [*INTRODUCTIONS.values(), *SEPARATORS.values(), "", "> citat", ">> djupt", "_" * 32, "-- ", "Hej då"]
    ),
    st.text("aå >:.-@<1\n", max_size=30),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=12), st.sampled_from(["", "Re: Hål", "VB: Hål"]))
def test_no_word_of_any_text_is_lost(lines: list[str], subject: str) -> None:
    text = "\n".join(lines)

    split = separate(text, subject)

    assert Counter(f"{split.text}\n{split.quoted}".split()) == Counter(text.split())
