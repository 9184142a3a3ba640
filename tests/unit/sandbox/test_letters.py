"""The sample citizens' letters."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from domain.errors import BadInput
from sandbox.letters import read_letters
from sandbox.post_office import FIRST_MAILS
from sandbox.town import UNREACHABLE

ACCOUNTS = Path("settings/example/accounts.toml")

GOOD = """
to = "bygglov@exempelby.example"
language = "sv"
kind = "question"
subject = "Altan"
text = "Hej"
"""


def write(folder: Path, text: str) -> Path:
    (folder / "01-one.toml").write_text(text, encoding="utf-8")
    return folder


def test_there_are_letters_enough_of_every_language_and_kind() -> None:
    letters = read_letters()

    languages = Counter(letter.language for letter in letters)
    kinds = {letter.kind for letter in letters}

    assert len(letters) >= 35
    assert languages["sv"] >= 15
    assert languages["fi"] >= 4
    assert languages["en"] >= 3
    assert len(languages) >= 6
    assert {"danger", "sensitive", "complaint", "praise", "autoreply", "newsletter", "records_request"} <= kinds
    assert {"internal", "reply", "report", "question"} <= kinds


def test_the_first_dozen_shows_what_a_visitor_should_see() -> None:
    first = read_letters()[:FIRST_MAILS]

    assert sum(letter.late for letter in first) == 1
    assert sum(letter.kind == "autoreply" for letter in first) == 1
    assert {"danger", "sensitive", "records_request"} <= {letter.kind for letter in first}
    assert {"sv", "fi", "en"} == {letter.language for letter in first}
    assert len({letter.to for letter in first}) >= 4
    assert any(letter.is_sms for letter in first)
    assert {letter.public for letter in first if letter.is_at_page} == {True, False}


def test_every_letter_goes_to_a_shared_account_of_the_example_that_can_be_read() -> None:
    accounts = tomllib.loads(ACCOUNTS.read_text(encoding="utf-8"))["accounts"].values()
    shared = {each["address"] for each in accounts if each["mode"] == "queue"}

    addressed = {letter.to for letter in read_letters()}

    assert addressed <= shared - {UNREACHABLE}
    assert UNREACHABLE in shared


def test_every_phone_number_in_a_letter_is_fictional() -> None:
    lines = [line for letter in read_letters() for line in letter.text.splitlines() if "070-" in line]

    assert lines
    assert all("070-174 06 " in line for line in lines)


def test_a_letter_of_ones_own_is_read(tmp_path: Path) -> None:
    [letter] = read_letters(write(tmp_path, GOOD))

    assert (letter.id, letter.to, letter.late, letter.sender) == ("01-one", "bygglov@exempelby.example", False, "")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (GOOD.replace("subject", "#"), "a mail has a subject"),
        (GOOD.replace("bygglov@exempelby.example", "+46701740605"), "an SMS has none"),
        (GOOD + 'colour = "red"', "colour is not a key"),
        (GOOD + 'late = "yes"', "late must be of the kind bool"),
        (GOOD + "late =", "01-one.toml"),
        (GOOD + '[[attachments]]\nname = "a"\nmedia_type = "image/png"\nbase64 = "å"', "an attachment needs"),
        (GOOD + '[[attachments]]\nname = "a"\nbase64 = ""', "media_type"),
    ],
)
def test_a_faulty_letter_is_named_with_its_fault(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read_letters(write(tmp_path, text))


def test_an_empty_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no letters"):
        read_letters(tmp_path)
