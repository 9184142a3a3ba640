"""The wording of automatic replies (domain.md 7): every template in every language, filled and read."""

import re
from functools import cache
from pathlib import Path

import pytest

from domain.site import Site, TriageSettings
from outbox.templates import FOLDER, Text, render_text
from settings.load import load
from tests.unit.outbox.test_render import SLOTS
from triage.language import guess_language

LANGUAGES = ("sv", "fi", "en")
NAMES = sorted({path.name.partition(".")[0] for path in (FOLDER / "replies").glob("*.txt")})
#: Danger or secrecy: these name no unit and no category.
SENSITIVE = ("receipt_sensitive", "urgent")
#: Requests for records name no emergency number (domain.md 7.2).
NAMES_112 = [name for name in NAMES if name != "records_request"]
WITH_PRIVACY = [name for name in NAMES if name != "urgent"]

#: What must not stand there (domain.md 7.3), what promises nothing (7.1), and what hides who does it (7.6).
FORBIDDEN = re.compile(
    r"ditt ärende om|vi skickar till|har vi inget att tillägga|i rätt tid|bank-?id|e-legitimation|enkät|erbjudande"
    r"|snarast|så snart som möjligt|inom kort|vi löser|handläggs|behandlas|no-?reply|svara inte på"
    r"|as soon as possible|shortly|will be processed|do not reply|survey"
    r"|mahdollisimman pian|pikimmiten|käsitellään|älä vastaa|kysely",
    re.IGNORECASE,
)
TIME = {
    "sv": r"\bonsdag 25 november kl\. 16\.30",
    "fi": r"\bkeskiviikkona 25\.11\. klo 16\.30",
    "en": r"\bWednesday 25 November, 16:30",
}
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+(?=[A-ZÅÄÖ])|\n+")
WORD = re.compile(r"[^\W_]+(?:[-'’.:/@][^\W_]+)*")

texts = pytest.mark.parametrize(("name", "language"), [(name, language) for name in NAMES for language in LANGUAGES])


@cache
def town() -> Site:
    return load(Path(__file__).parents[3] / "settings/example")


def filled(name: str, language: str) -> Text:
    return render_text(f"replies/{name}", language, SLOTS)


def whole(name: str, language: str) -> str:
    text = filled(name, language)
    return f"{text.subject}\n{text.body}"


def slots_of(name: str, language: str) -> set[str]:
    source = (FOLDER / f"replies/{name}.{language}.txt").read_text(encoding="utf-8")
    return set(re.findall(r"{{ (\w+) }}", source))


def sentences(body: str) -> list[list[str]]:
    """Return the words of each sentence, without links, clock times and the lines in other languages."""
    told = "\n".join(
        line for line in body.split("\n") if not line.startswith(("Suomeksi:", "In English:", "Soita heti"))
    )
    told = re.sub(r"https://\S+|kl\. \d+\.\d+|klo \d+\.\d+|\d+\.\d+\.(?= klo)|08-465 004 00", "x", told)
    return [words for each in SENTENCE_END.split(told) if (words := WORD.findall(each))]


@texts
def test_every_text_is_filled_and_says_its_language(name: str, language: str) -> None:
    text = filled(name, language)

    assert text.language == language
    assert text.subject
    assert not re.search(r"[{}]|undefined|None\b|\+00:00", whole(name, language))


@pytest.mark.parametrize("name", NAMES)
def test_the_languages_of_a_text_have_the_same_slots(name: str) -> None:
    assert slots_of(name, "sv") == slots_of(name, "fi") == slots_of(name, "en") <= set(SLOTS)


@texts
def test_the_tag_is_the_language_that_is_written(name: str, language: str) -> None:
    own = "\n".join(
        line for line in filled(name, language).body.split("\n")
        if not line.startswith(("Suomeksi:", "In English:", "Soita heti 112, jos"))
    )  # fmt: skip
    if language == "fi":
        own = filled(name, language).body

    assert guess_language(own, TriageSettings(languages=LANGUAGES)).code == language


@texts
def test_every_text_names_a_concrete_time_early(name: str, language: str) -> None:
    paragraphs = filled(name, language).body.split("\n\n")

    assert any(re.search(TIME[language], each) for each in paragraphs[:2])


@texts
def test_every_text_names_the_case_and_when_the_message_came(name: str, language: str) -> None:
    assert {"number", "arrived_at", "answer_at", "contact"} <= slots_of(name, language)
    assert SLOTS["number"] in filled(name, language).subject


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES_112)
def test_danger_to_life_comes_with_112(name: str, language: str) -> None:
    assert "112" in filled(name, language).body


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_urgent_text_begins_with_112(language: str) -> None:
    text = filled("urgent", language)

    assert "112" in text.subject
    assert "112" in text.body.split("\n")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sensitive_text_puts_danger_before_other_numbers(language: str) -> None:
    body = filled("receipt_sensitive", language).body

    assert body.index("112") < body.index("1177")
    assert "114 14" in body


@texts
def test_every_text_says_that_it_is_automatic(name: str, language: str) -> None:
    word = {"sv": "automatiskt svar", "fi": "automaattinen vastaus", "en": "automatic reply"}[language]

    assert word in filled(name, language).body


@texts
def test_nothing_forbidden_is_said(name: str, language: str) -> None:
    assert FORBIDDEN.findall(whole(name, language)) == []


@texts
def test_a_text_has_at_most_twelve_lines(name: str, language: str) -> None:
    assert len([line for line in filled(name, language).body.split("\n") if line]) <= 12


@texts
def test_sentences_are_short(name: str, language: str) -> None:
    lengths = [len(words) for words in sentences(filled(name, language).body)]

    assert sum(lengths) / len(lengths) <= 15
    assert max(lengths) <= 25


@texts
def test_links_are_the_municipality_s_own(name: str, language: str) -> None:
    hosts = re.findall(r"https?://([^/\s]+)", whole(name, language))

    assert "http://" not in whole(name, language)
    assert set(hosts) == ({"www.exempelby.example"} if name in WITH_PRIVACY else set())


@texts
def test_what_was_written_has_no_place_in_a_text(name: str, language: str) -> None:
    assert not slots_of(name, language) & {"subject", "text", "sender", "name", "category"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SENSITIVE)
def test_a_sensitive_text_names_neither_unit_nor_category(name: str, language: str) -> None:
    said = whole(name, language).lower()
    units = {each.name.lower() for each in town().units} - {"kontaktcenter"}
    categories = {each.name.lower() for each in town().categories}

    assert "unit" not in slots_of(name, language)
    assert not [each for each in units | categories if each in said]
    assert not re.search(
        r"social|orosanmäl|lastensuojelu|huoli-ilmoitus|child|barn|äldre|missbruk|våld|polisanmäl", said
    )


@pytest.mark.parametrize("name", WITH_PRIVACY)
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_that_a_letter_is_a_public_record_and_how_personal_data_are_handled(name: str, language: str) -> None:
    word = {"sv": "allmän handling", "fi": "yleinen asiakirja", "en": "public record"}[language]

    assert word in filled(name, language).body
    assert "privacy_url" in slots_of(name, language)


@pytest.mark.parametrize("name", NAMES)
def test_swedish_and_finnish_speak_to_one_person(name: str) -> None:
    assert not re.search(r"\b(ni|er|ert|era)\b", filled(name, "sv").body, re.IGNORECASE)
    assert not re.search(r"\b(te|teidän|viestinne|saatte|voitte)\b", filled(name, "fi").body, re.IGNORECASE)


@pytest.mark.parametrize("language", ["ar", "so", "uk", "ti", "pl"])
@pytest.mark.parametrize("name", NAMES)
def test_other_languages_get_swedish_with_a_line_in_finnish_and_one_in_english(name: str, language: str) -> None:
    text = filled(name, language)

    assert text.language == "sv"
    assert text.body == filled(name, "sv").body
    assert re.search(r"[Ss]oita heti? ?112|soita 112", text.body)
    assert re.search(r"[Cc]all 112", text.body)


def test_the_finnish_words_are_those_of_sweden() -> None:
    said = "\n".join(whole(name, "fi") for name in NAMES)

    assert not re.search(r"päiväkoti|julkinen asiakirja|edunvalvoja|hätänumero", said)


def test_an_ordinary_receipt_reads_so() -> None:
    assert filled("receipt", "sv").body.startswith(
        "Hej!\n\nDitt meddelande till Kontaktcenter kom fram den 24 november kl. 09.12. "
        "Du får svar senast onsdag 25 november kl. 16.30. Behöver vi längre tid hör vi av oss före dess.\n"
    )
