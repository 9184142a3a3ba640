"""answers.toml: the answer bank."""

from pathlib import Path

import pytest

from domain.errors import SettingsFaults
from settings.export import to_toml
from settings.load import load

BANK = """
[phrases.tack]
title = "Tack"
categories = ["bygglov"]
texts.sv = "Tack, {name}!"
texts.fi = "Kiitos, {name}!"
"""


def bank(town: Path, text: str = BANK) -> None:
    category = next(iter(load(town).categories)).id
    (town / "answers.toml").write_text(text.replace("bygglov", category), encoding="utf-8")


def test_phrases_are_read_and_come_back_from_their_toml(town: Path, tmp_path: Path) -> None:
    bank(town)
    again = tmp_path / "again"
    again.mkdir()

    for name, text in to_toml(load(town)).items():
        (again / name).write_text(text, encoding="utf-8")

    assert load(again) == load(town)
    [phrase] = load(town).phrases
    assert phrase.in_language("fi").text == "Kiitos, {name}!"
    assert phrase.in_language("so").text == "Tack, {name}!"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("{name}!", "{namn}!", "{namn} is no placeholder"),
        ("{name}!", "{name!", "{ is no placeholder"),
        ('["bygglov"]', '["nowhere"]', 'there is no category "nowhere"'),
        ("texts.sv", "text.sv", "text"),
    ],
)
def test_a_fault_says_what_is_wrong(town: Path, old: str, new: str, sentence: str) -> None:
    bank(town, BANK.replace(old, new))

    with pytest.raises(SettingsFaults) as error:
        load(town)

    assert sentence in str(error.value)
