"""The wording of automatic replies (domain.md 7): every text on every channel in every language, filled and read."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest

from domain.account import Channel
from domain.reply_syntax import faults_of
from domain.reply_template import Approval, ReplyName
from domain.site import Site, TriageSettings
from domain.sms_text import SmsEncoding, segments
from outbox.lint import LINES, WHOLE_LANGUAGES, lint
from outbox.reply_text import Text, write_reply
from outbox.sample import longest_slots, sample_slots
from outbox.shelf import every_text
from settings.init import EXAMPLE
from settings.load import load
from tests.unit.outbox.test_render import SLOTS
from triage.language import guess_language

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
WHOLE = tuple(str(name) for name in ReplyName if name not in LINES)
OTHER_LANGUAGES = ("ar", "fa", "so", "ti", "ku", "pl", "uk", "bs", "tr")
#: SMS in these scripts, or with these letters, are UCS-2.
OUTSIDE_GSM7 = ("ar", "fa", "ti", "ku", "pl", "uk", "tr")

every_name = pytest.mark.parametrize("name", WHOLE)
every_language = pytest.mark.parametrize("language", WHOLE_LANGUAGES)


@cache
def town(send_drafts: bool = True) -> Site:
    return replace(load(EXAMPLE), send_drafts=send_drafts)


def written(name: str, language: str, channel: Channel = Channel.email, **slots: str) -> Text:
    return write_reply(town(), channel, name, language, {**SLOTS, **slots})


def without_mark(text: Text) -> str:
    return re.sub(r"\n\nUtkast: .*\n$| \(utkast\)$", "", text.body)


def test_every_text_can_be_rendered() -> None:
    assert [str(fault) for text in every_text(town()) for fault in faults_of(text)] == []


def test_the_lint_finds_nothing() -> None:
    def guess(text: str) -> str:
        return guess_language(text, TriageSettings(languages=WHOLE_LANGUAGES)).code

    assert [str(fault) for fault in lint(town(), NOW, guess)] == []


@pytest.mark.parametrize("channel", Channel)
@every_name
def test_every_text_exists_on_every_channel_in_three_languages(name: str, channel: Channel) -> None:
    there = {text.language for text in every_text(town()) if (text.channel, text.name) == (channel, name)}

    assert there == set(WHOLE_LANGUAGES)


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_every_other_language_has_its_lines(language: str) -> None:
    there = {(text.channel, text.name) for text in every_text(town()) if text.language == language}

    assert there == {(Channel.email, "lines"), (Channel.email, "urgent_lines"), (Channel.sms, "lines")}


def test_swedish_and_english_come_approved_and_every_other_text_as_a_draft() -> None:
    approved = {text.language for text in every_text(town()) if text.head.status is Approval.approved}
    drafts = {text.language for text in every_text(town()) if text.head.status is Approval.draft}

    assert (approved, drafts) == ({"sv", "en"}, {"fi", *OTHER_LANGUAGES})


@every_name
@every_language
def test_an_sms_is_one_part_with_the_longest_values_that_settings_allow(name: str, language: str) -> None:
    slots = {**longest_slots(town(), language, NOW), "sms_name": "Å" * 18}

    said = without_mark(write_reply(town(), Channel.sms, name, language, slots))

    counted = segments(said)
    assert (counted.encoding, counted.parts) == (SmsEncoding.gsm7, 1), (said, counted)


@every_name
@every_language
def test_an_sms_is_one_part_with_the_longest_values_of_the_example(name: str, language: str) -> None:
    said = write_reply(town(), Channel.sms, name, language, longest_slots(town(), language, NOW))

    assert segments(said.body).parts == 1, said.body


@every_name
@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_an_sms_in_another_language_is_one_part_and_names_time_and_112(name: str, language: str) -> None:
    slots = {**longest_slots(town(), language, NOW), "answer_at": "2026-12-24T15:30:00+00:00"}

    said = write_reply(town(), Channel.sms, name, language, slots)

    counted = segments(without_mark(said))
    encoding = SmsEncoding.ucs2 if language in OUTSIDE_GSM7 else SmsEncoding.gsm7
    assert (counted.encoding, counted.parts) == (encoding, 1), (said.body, counted)
    assert segments(said.body).parts == 1
    assert all(word in said.body for word in ("112", "26-012345", "24/12 16:30"))
    assert said.languages == (language,)


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_an_e_mail_in_another_language_begins_with_its_lines_and_goes_on_in_swedish(language: str) -> None:
    text, swedish = written("receipt", language), written("receipt", "sv")

    assert text.languages == (language, "sv")
    assert without_mark(text).rstrip("\n").endswith(swedish.body.rstrip("\n"))
    lines = without_mark(text).split("\n\n")[0].split("\n")
    assert len(lines) == (4 if language == "ku" else 2)
    assert "112" in lines[0]
    assert "26-00001" in text.subject


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
@pytest.mark.parametrize("channel", Channel)
def test_danger_to_life_begins_with_112_in_every_language(channel: Channel, language: str) -> None:
    text = written("urgent", language, channel)

    assert "112" in text.body.split("\n")[0][:80]


@every_name
@pytest.mark.parametrize("language", ["ru", "de", "no", "es"])
def test_a_language_without_lines_gets_swedish_with_a_line_in_finnish_and_one_in_english(
    name: str, language: str
) -> None:
    text = written(name, language)

    assert text == written(name, "sv")
    assert re.search(r"[Ss]oita (?:heti )?112", text.body)
    assert re.search(r"[Cc]all 112", text.body)


@pytest.mark.parametrize("channel", [Channel.email, Channel.facebook])
@every_name
@every_language
def test_every_text_is_filled_and_says_its_language(name: str, language: str, channel: Channel) -> None:
    text = written(name, language, channel)

    assert text.languages == (language,)
    assert not re.search(r"[{}]|undefined|None\b|\+00:00|\[\w\w\]", f"{text.subject}\n{text.body}\n{text.html[400:]}")


@pytest.mark.parametrize("channel", Channel)
@every_name
@every_language
def test_every_text_names_the_ticket_and_the_time_of_the_answer(name: str, language: str, channel: Channel) -> None:
    text = written(name, language, channel)

    assert SLOTS["number"] in f"{text.subject}\n{text.body}"
    assert re.search(r"16[.:]30", text.body)


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("language", [*WHOLE_LANGUAGES, *OTHER_LANGUAGES])
@pytest.mark.parametrize("name", ["receipt_sensitive", "urgent", "delay"])
def test_a_neutral_text_names_neither_unit_nor_category(name: str, language: str, channel: Channel) -> None:
    about = {"hint": "Barn far illa", "link_words": "Orosanmälan", "link_url": "https://www.exempelby.example/oro"}

    text = written(name, language, channel, unit="Socialtjänst", handler="Nadja Ekhammar", **about)

    said = f"{text.subject}\n{text.body}\n{text.html}".lower()
    assert not [word for word in ("socialtjänst", "nadja", "barn", "oro", "orosanmälan") if word in said]


@every_language
def test_the_sensitive_text_puts_danger_before_other_numbers(language: str) -> None:
    body = written("receipt_sensitive", language).body

    assert body.index("112") < body.index("1177")
    assert "114 14" in body


@every_language
@pytest.mark.parametrize("name", ["receipt", "receipt_closed", "records_request"])
def test_a_link_to_help_oneself_stands_where_the_category_has_one(name: str, language: str) -> None:
    link = {"link_words": "Hjälp dig själv", "link_url": "https://www.exempelby.example/sjalv"}

    text = written(name, language, **link)

    assert "Hjälp dig själv: https://www.exempelby.example/sjalv" in text.body
    assert '<a href="https://www.exempelby.example/sjalv">Hjälp dig själv</a>' in text.html
    assert "sjalv" not in written(name, language).body


def test_a_reader_gets_the_link_of_the_language_that_is_written() -> None:
    links = {
        "link_words.sv": "Ansök", "link_url.sv": "https://www.exempelby.example/a",
        "link_words.fi": "Hae", "link_url.fi": "https://www.exempelby.example/a/fi",
    }  # fmt: skip

    assert "Hae: https://www.exempelby.example/a/fi" in written("receipt", "fi", **links).body
    assert "Ansök: https://www.exempelby.example/a\n" in written("receipt", "so", **links).body
    assert "exempelby.example/a" not in written("receipt", "en", **links).body


@every_language
def test_closed_is_said_where_it_is_so(language: str) -> None:
    opening = re.compile(r"0?7[.:]30")

    for name in ("receipt_sensitive", "records_request", "not_ours"):
        assert opening.search(written(name, language, closed="yes").body)
        assert not opening.search(written(name, language, closed="").body)
    assert opening.search(written("receipt_closed", language).body)


@every_language
@pytest.mark.parametrize("channel", [Channel.email, Channel.facebook])
def test_a_holding_reply_names_the_unit_and_the_handler_if_there_is_one(channel: Channel, language: str) -> None:
    with_name = written("holding", language, channel, handler="Noel Hedbacke").body

    assert "Noel Hedbacke, Kontaktcenter" in with_name
    assert "Kontaktcenter" in written("holding", language, channel).body


def test_the_finnish_words_are_those_of_sweden() -> None:
    said = "\n".join(written(name, "fi").body for name in WHOLE)

    assert not re.search(r"päiväkoti|julkinen asiakirja|edunvalvoja|hätänumero", said)


def test_an_ordinary_receipt_reads_so() -> None:
    assert written("receipt", "sv").body.startswith(
        "Hej!\n\nDitt meddelande till Kontaktcenter kom fram den 24 november kl. 09.12. "
        "Du får svar senast onsdag 25 november kl. 16.30. Behöver vi längre tid hör vi av oss före dess.\n"
    )


def test_an_ordinary_sms_reads_so() -> None:
    assert written("receipt", "sv", Channel.sms).body == (
        "Autosvar Exempelby kommun: Vi har fått ditt sms, ärende 26-00001. Du får svar senast ons 25/11 kl 16:30. "
        "Skriv inget känsligt i sms. Fara för liv: ring 112."
    )


def test_the_samples_fill_every_text() -> None:
    slots = sample_slots(town(), NOW)

    for text in every_text(town()):
        write_reply(town(), text.channel, text.name, text.language, slots)
