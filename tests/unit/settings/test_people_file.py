"""people.toml beside units.toml."""

from datetime import date
from pathlib import Path

import pytest

from domain.errors import SettingsFaults
from domain.person import Absence
from settings.export import to_toml
from settings.load import load

PEOPLE = """
[people.noel]
name = "Noel Nyare"
email = "noel@exempelby.example"
employed_until = 2027-03-31
deputy = "elin"

[[people.noel.absences]]
first = 2027-01-11
last = 2027-02-28
covered_by = "maj"
forwarded_to = "bygg@exempelby.example"

[people.maj]
name = "Maj"
email = "maj@exempelby.example"
"""


def test_people_toml_goes_before_units_toml_and_adds_to_it(town: Path) -> None:
    (town / "people.toml").write_text(PEOPLE, encoding="utf-8")

    people = load(town).people

    assert [each.id for each in people] == ["elin", "noel", "maj"]
    noel = people[1]
    assert (noel.name, noel.employed_until, noel.deputy) == ("Noel Nyare", date(2027, 3, 31), "elin")
    assert noel.absences == (
        Absence(
            first=date(2027, 1, 11), last=date(2027, 2, 28), covered_by=people[2].id,
            forwarded_to="bygg@exempelby.example",
        ),
    )  # fmt: skip


def test_people_come_back_from_their_toml(town: Path, tmp_path: Path) -> None:
    (town / "people.toml").write_text(PEOPLE, encoding="utf-8")
    again = tmp_path / "again"
    again.mkdir()

    for name, text in to_toml(load(town)).items():
        (again / name).write_text(text, encoding="utf-8")

    assert load(again) == load(town)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('covered_by = "maj"', 'covered_by = "noel"', "[people.noel.absences no. 1] covered_by: is the person"),
        ('covered_by = "maj"', 'covered_by = "mja"', 'there is no person "mja"; did you mean "maj"?'),
        ('deputy = "elin"', 'deputy = "noel"', "people.toml [people.noel] deputy: is the person as well"),
        ("2027-02-28", "2027-01-10", "people.toml [people.noel.absences no. 1]: last comes before first."),
        ("maj@exempelby.example", "maj@annan.example", "[people.maj] email: 'maj@annan.example' lies outside"),
    ],
)  # fmt: skip
def test_a_fault_names_the_person(town: Path, old: str, new: str, sentence: str) -> None:
    (town / "people.toml").write_text(PEOPLE.replace(old, new), encoding="utf-8")

    with pytest.raises(SettingsFaults) as error:
        load(town)

    assert sentence in str(error.value)
