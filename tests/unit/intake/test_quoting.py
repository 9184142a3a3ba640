"""Quoting: the author's words apart from the earlier mail."""

import pytest

from intake.quoting import Split, separate

INTRODUCTIONS = [
    "Den tis 24 nov. 2026 kl 09:12 skrev Kontaktcenter <kc@exempelby.example>:",
    "Den 24 november 2026 09:12:00 CET skrev Kontaktcenter <kc@exempelby.example>:",
    "24 nov. 2026 kl. 09:12 skrev Kontaktcenter <kc@exempelby.example>:",
    "tisdag 24 november 2026 skrev Kontaktcenter:",
    "On 24 Nov 2026, at 09:12, Kontaktcenter <kc@exempelby.example> wrote:",
    "ti 24. marrask. 2026 klo 9.12 Kontaktcenter (kc@exempelby.example) kirjoitti:",
    "Kontaktcenter <kc@exempelby.example> kirjoitti 24.11.2026 kello 9.12:",
    "24.11.2026 9.12, Kontaktcenter kirjoitti:",
    "tir. 24. nov. 2026 kl. 09:12 skrev Kontaktcenter <kc@exempelby.example>:",
    "Den tirs. 24. nov. 2026 kl. 09.12 skrev Kontaktcenter <kc@exempelby.example>:",
    "Am 24.11.2026 um 09:12 schrieb Kontaktcenter:",
]
SEPARATORS = [
    "-----Ursprungligt meddelande-----",
    "-------- Originalmeddelande --------",
    "---------- Forwarded message ---------",
    "-----Original Message-----",
    "-----Alkuperäinen viesti-----",
    "-----Oprindelig meddelelse-----",
    "-----Opprinnelig melding-----",
    "-----Ursprüngliche Nachricht-----",
    "Från: Kontaktcenter\nSkickat: den 24 november 2026\nTill: Anna",
    "*From:* Kontaktcenter\n*Sent:* Tuesday",
    "Lähettäjä: Kontaktcenter\nLähetetty: tiistai",
    "Fra: Kontaktcenter\nSendt: tirsdag",
    "Von: Kontaktcenter\nGesendet: Dienstag",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_what_an_introduction_introduces_is_quoted(introduction: str, mark: str) -> None:
    split = separate(f"Tack!\n\n{introduction}\n{mark}Ring 112.\n{mark}Hälsningar")

    assert split == Split("Tack!", f"{introduction}\n{mark}Ring 112.\n{mark}Hälsningar")


@pytest.mark.parametrize("separator", SEPARATORS)
def test_what_stands_below_a_separator_is_quoted(separator: str) -> None:
    split = separate(f"Tack!\n\n{separator}\n\nRing 112.")

    assert split == Split("Tack!", f"{separator}\n\nRing 112.")


@pytest.mark.parametrize(
    "text",
    [
        "Den 5 maj skrev jag till er:\nDet är ett hål.",
        "Från: Storgatan\nDit vill jag ha en buss.",
        "Hej\n--\nAnna",
        "Pris: 10\nTill: Anna\nDatum: 5 maj",
        "Hon skrev:\nJag kommer.",
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
