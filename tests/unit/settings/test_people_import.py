"""Exports of a staff register become people.toml."""

from datetime import date
from pathlib import Path

import pytest

from domain.errors import BadInput, SettingsFaults
from settings.folder import read_folder
from settings.load import load
from settings.people_import import PeopleImport, import_people

TODAY = date(2027, 1, 11)
CSV = """Namn;E-post;Telefon;Anställd till;Frånvarande från;Frånvarande till;Ersätts av;Ersättare;Vidarebefordras till
Elin Svensson;elin@exempelby.example;070-174 06 11;2027-03-31;;;;noel;
Noel;NOEL@exempelby.example;;;2027-01-11;2027-06-30;elin@exempelby.example;;bygg@exempelby.example
Utan Konto;utan@exempelby.example;;;;;;;
"""


def imported(town: Path, text: str, **options: bool) -> PeopleImport:
    return import_people(read_folder(town), text, TODAY, **options)


def test_a_csv_tells_last_days_absences_and_who_stands_in(town: Path) -> None:
    found = imported(town, CSV)

    (town / "people.toml").write_text(found.text, encoding="utf-8")
    elin, noel = load(town).people
    assert (elin.name, elin.phone, elin.employed_until, elin.deputy) == (
        "Elin Svensson", "070-174 06 11", date(2027, 3, 31), "noel",
    )  # fmt: skip
    [absence] = noel.absences
    assert (absence.first, absence.last, absence.covered_by) == (TODAY, date(2027, 6, 30), "elin")
    assert absence.forwarded_to == "bygg@exempelby.example"
    assert (found.added, found.changed, found.passed_over) == ((), ("elin", "noel"), 1)


def test_only_people_whom_the_settings_need_are_taken_unless_all_are_asked_for(town: Path) -> None:
    assert "utan" not in imported(town, CSV).text

    assert imported(town, CSV, everybody=True).added == ("utan-konto",)


def test_whoever_has_an_employee_s_mailbox_is_taken(town: Path) -> None:
    account = next(iter(load(town).accounts))

    found = imported(town, f"email;name\n{account.address};Maj Tornvall\n")

    assert found.added == ("maj-tornvall",)


def test_read_twice_it_says_the_same(town: Path) -> None:
    first = imported(town, CSV)
    (town / "people.toml").write_text(first.text, encoding="utf-8")

    again = imported(town, CSV)

    assert again.text == first.text
    assert (again.added, again.changed) == ((), ())


def test_who_is_missing_stays_unless_the_register_is_complete(town: Path) -> None:
    only_elin = "email\nelin@exempelby.example\n"

    assert imported(town, only_elin).missing == ("noel",)
    assert "employed_until" not in imported(town, only_elin).text
    assert "employed_until = 2027-01-10" in imported(town, only_elin, is_complete=True).text


def test_an_ldif_of_active_directory_tells_who_is_disabled_and_when_an_account_ends(town: Path) -> None:
    # 2027-03-31 in tenths of a microsecond since 1601.
    ticks = int(((date(2027, 4, 1) - date(1601, 1, 1)).days) * 86_400 * 10_000_000)
    text = f"""version: 1

dn: CN=Elin,OU=Personal,DC=exempelby
displayName:: RWxpbiBTdmVuc3PDtm4=
mail: Elin@exempelby.
 example
accountExpires: {ticks}
userAccountControl: 512

dn: CN=Noel,OU=Personal,DC=exempelby
cn: Noel
mail: noel@exempelby.example
accountExpires: 9223372036854775807
userAccountControl: 514
"""

    found = imported(town, text)

    (town / "people.toml").write_text(found.text, encoding="utf-8")
    elin, noel = load(town).people
    assert (elin.name, elin.employed_until) == ("Elin Svenssön", date(2027, 3, 31))
    assert noel.has_left(TODAY)


def test_a_scim_list_tells_who_is_inactive(town: Path) -> None:
    text = """{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "Resources": [
      {"userName": "elin", "displayName": "Elin S", "active": false,
       "emails": [{"value": "e@old.example"}, {"value": "elin@exempelby.example", "primary": true}]},
      {"userName": "noel", "name": {"formatted": "Noel N"}, "emails": [{"value": "noel@exempelby.example"}]}]}"""

    found = imported(town, text)

    (town / "people.toml").write_text(found.text, encoding="utf-8")
    elin, noel = load(town).people
    assert (elin.name, elin.has_left(TODAY)) == ("Elin S", True)
    assert (noel.name, noel.has_left(TODAY)) == ("Noel N", False)


def test_who_left_earlier_is_not_said_to_have_left_now(town: Path) -> None:
    (town / "people.toml").write_text(imported(town, "email;slutdatum\nelin@exempelby.example;2026-01-31\n").text)

    again = imported(town, '[{"emails": [{"value": "elin@exempelby.example"}], "active": false}]')

    assert "employed_until = 2026-01-31" in again.text


def test_every_fault_is_told_at_once_with_its_row(town: Path) -> None:
    wrong = """E-post;Anställd till;Frånvarande till;Ersättare
elin;;;
elin@exempelby.example;31/3;;
noel@exempelby.example;;2027-02-01;
noel@exempelby.example;;;nobody
"""

    with pytest.raises(SettingsFaults) as error:
        imported(town, wrong)

    assert [fault.split(":")[0] for fault in error.value.faults] == ["row 2", "row 3", "row 4", "row 5"]
    for said in ("'elin' is not an e-mail address", "write it as 2027-03-31", "no first", '"nobody" is nobody'):
        assert said in str(error.value)


def test_what_the_settings_would_refuse_is_refused(town: Path) -> None:
    with pytest.raises(SettingsFaults, match="lies outside our domains"):
        imported(town, "email\nmaj@annan.example\n", everybody=True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("namn;telefon\nElin;1\n", r'"e-post" \(email\) is missing'),
        ("e-post;epst\n", 'no column "epst"'),
        ("{oops", "is not JSON"),
        ("dn: x\nmail\n", "Line 2 of the LDIF"),
        ("dn: x\nmail:: %%%\n", "base64"),
    ],
)
def test_what_is_no_register_is_refused_in_a_sentence(town: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        imported(town, text)
