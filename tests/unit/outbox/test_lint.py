"""The lint: each rule speaks of a text that breaks it, with file, line and what to do."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.account import Channel
from domain.reply_syntax import faults_of
from domain.reply_template import ReplyTemplate, TextFault
from domain.site import Site
from outbox.lint import lint
from tests.unit.outbox.test_reply_texts import town

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
GOOD = """Subject: Vi har tagit emot ditt meddelande – {{ number }}

Ditt meddelande kom fram {{ arrived_at }}. Du får svar senast {{ answer_at }}.
Är någon i fara? Ring 112.
Det här är ett automatiskt svar. Här når du oss: {{ contact }}
{{ link("Så hanterar vi personuppgifter", privacy_url) }}
"""
FILE = "templates/replies/email/own.sv.txt"
#: The line on which the text begins, below its head.
FIRST = 6


def own(
    text: str = GOOD, *, name: str = "own", language: str = "sv", channel: Channel = Channel.email,
    on: date = date(2026, 11, 2),
) -> ReplyTemplate:  # fmt: skip
    head = f'+++\nstatus = "approved"\nby = "kommunikatör"\non = {on}\n+++\n'
    made = ReplyTemplate(channel=channel, name=name, language=language, source=head + text)
    assert faults_of(made) == ()
    return made


def told(text: ReplyTemplate, site: Site | None = None, heard: str = "sv") -> list[TextFault]:
    """Return what the lint says of one text beside ours, all of which read as Swedish here."""
    site = replace(site or town(), reply_texts=(text,))
    return [fault for fault in lint(site, NOW, lambda _: heard) if fault.file == text.file]


def test_a_good_text_has_no_fault() -> None:
    assert told(own()) == []


@pytest.mark.parametrize(
    ("changed", "into", "line", "wrong"),
    [
        (" – {{ number }}", "", 0, "the ticket's number is missing"),
        (" Du får svar senast {{ answer_at }}.", "", 0, "no time for the answer"),
        ("Ring 112.", "Ring oss.", 0, "112 is missing"),
        ("ett automatiskt svar", "ett svar", 0, "does not say that it is automatic"),
        ("Här når du oss: {{ contact }}", "Hej då.", 0, "how to reach a person"),
        ('{{ link("Så hanterar vi personuppgifter", privacy_url) }}', "Hej då.", 0, "the page on personal data"),
        ("Är någon i fara?", "Vi svarar snarast.", 3, '"snarast" must not be said'),
        ("Är någon i fara?", "Ditt ärende om bygglov är hos oss.", 3, '"Ditt ärende om" must not be said'),
        ("Är någon i fara?", "Ärendet handläggs nu.", 3, '"handläggs" hides who does it'),
        ("Är någon i fara?", "Är ni i fara?", 3, '"ni" speaks to several'),
        ("Är någon i fara?", "Vi öppnar 25/11.", 3, '"25/11" is a date or time written by hand'),
        ("Är någon i fara?", "Vi öppnar kl. 8.00.", 3, "written by hand"),
        ("Är någon i fara?", "Vi öppnar 25 november.", 3, '"25 november" is a date'),
        ("Är någon i fara?", "Läs mer: https://www.annat.example/x", 3, "is no page of ours"),
        ("Är någon i fara?", "Läs mer: http://www.exempelby.example/x", 3, "is no page of ours"),
        ("Är någon i fara?", "Läs mer: https://exempelby.example.annat.example/", 3, "is no page of ours"),
        ("Är någon i fara?", "Rad.\n" * 9 + "Är någon i fara?", 0, "it has 13 lines"),
        ("Är någon i fara?", "ord " * 150 + "slut.", 0, "words on average"),
    ],
)
def test_each_rule_names_the_line_and_what_to_do(changed: str, into: str, line: int, wrong: str) -> None:
    assert changed in GOOD

    [fault] = told(own(GOOD.replace(changed, into)))

    assert (fault.file, fault.line) == (FILE, FIRST + line)
    assert wrong in fault.wrong
    assert fault.do


def test_all_faults_are_told_at_once() -> None:
    assert len(told(own("Subject: Hej\n\nVi svarar snarast.\n"))) == 7


def test_the_time_must_stand_early() -> None:
    late = (
        "Subject: {{ number }}\n\nHej!\n\nEn.\n\nTvå.\n\nDu får svar senast {{ answer_at }}.\n\n"
        + GOOD.split("\n\n")[1]
    )

    assert told(own(late.replace(" Du får svar senast {{ answer_at }}.\nÄr", "\nÄr")))[0].wrong.startswith("no time")


def test_a_closed_receipt_names_the_next_opening() -> None:
    assert any("the next opening is missing" in fault.wrong for fault in told(own(name="receipt_closed")))


def test_an_urgent_text_begins_with_112() -> None:
    assert any("112 does not stand first" in fault.wrong for fault in told(own(name="urgent")))


def test_a_neutral_text_tells_no_slot_word_unit_or_category_that_says_what_it_is_about() -> None:
    text = GOOD.replace("Är någon i fara?", "Hälsningar {{ unit }}.\nOm ditt barn.\nBygglov och planering.")

    wrong = [fault.wrong for fault in told(own(text, name="receipt_sensitive"))]

    assert "`unit` tells what it is about" in wrong
    assert '"barn" tells what it is about' in wrong
    assert '"Bygglov och planering" tells what it is about' in wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Autosvar: ärende {{ number }}, svar {{ answer_at }}. Fara: 112. " + "x" * 120, "it takes 2 SMS"),
        ("Autosvar: ärende {{ number }}, svar {{ answer_at }}. Fara: 112. Ł" + "x" * 20, "because of Ł"),
    ],
)
def test_an_sms_is_one_part(text: str, wrong: str) -> None:
    [fault] = told(own(text, channel=Channel.sms))

    assert wrong in fault.wrong
    assert fault.do.startswith("shorten it by")


def test_a_long_name_of_a_site_makes_its_sms_too_long() -> None:
    site = town()
    long = replace(site, organisations=tuple(replace(each, sms_name="x" * 40) for each in site.organisations))

    assert any("it takes 2 SMS" in fault.wrong for fault in lint(long, NOW, lambda _: "sv"))


def test_messenger_says_first_that_it_is_automatic() -> None:
    text = (
        "Ärende {{ number }}, svar senast {{ answer_at }}. {{ contact }} Fara: 112. Automatiskt svar. {{ privacy_url }}"
    )

    assert [fault.do for fault in told(own(text, channel=Channel.facebook))] == ["say so first"]


@pytest.mark.parametrize(
    ("on", "wrong"), [(date(2025, 11, 1), "nobody has read it since"), (date(2026, 11, 25), "has not been yet")]
)
def test_a_text_is_read_through_every_year(on: date, wrong: str) -> None:
    [fault] = told(own(on=on))

    assert wrong in fault.wrong
    assert fault.line == 1
    assert told(own(on=date(2025, 11, 25))) == []


def test_a_text_in_another_language_than_its_name_says_is_a_fault() -> None:
    assert [fault.wrong for fault in told(own(), heard="en")] == ["it reads as en, not sv"]


def test_the_languages_of_a_text_say_the_same() -> None:
    finnish = own(GOOD + "{{ complaint_url }}\n", name="receipt", language="fi")

    assert any("complaint_url" in fault.wrong and fault.do == "say the same in every language"
               for fault in told(finnish, heard="fi"))  # fmt: skip


def test_a_text_without_a_swedish_one_is_a_fault() -> None:
    [fault] = [fault for fault in told(own(language="en"), heard="en") if "Swedish" in fault.wrong]

    assert fault.do == "write templates/replies/email/own.sv.txt"
