"""A newcomer's list of accounts becomes accounts.toml."""

import tomllib
from pathlib import Path

import pytest

from domain.account import AccountStatus, AutoReply, Channel, Mode, Tier
from domain.errors import BadInput, SettingsFaults
from settings.accounts_import import AccountsImport, import_accounts
from settings.folder import read_folder
from settings.load import load
from settings.tabular import decode

LIST = """Namn;E-postadress;Verksamhet;Chef;Nivå;Läge;Tillstånd;Hänvisar till;Server
Parkering;Parkering@exempelby.example;Bygg;Noel;funktionsbrevlåda;gemensam kö;aktiv;;imap.exempelby.example
Växeln;+46701740699;kontaktcenter;;kontaktcenter;;;;
Snö;sno@exempelby.example;bygg;noel@exempelby.example;;;vilande;bygg@exempelby.example;
"""


def imported(town: Path, text: str) -> AccountsImport:
    return import_accounts(read_folder(town), text)


def test_a_swedish_list_becomes_accounts_in_shadow(town: Path) -> None:
    found = imported(town, LIST)

    accounts = town / "accounts.toml"
    accounts.write_text(f"{accounts.read_text(encoding='utf-8')}\n{found.text}", encoding="utf-8")
    parking, switchboard, snow = (load(town).account(id) for id in found.added)  # type: ignore[arg-type]
    assert (parking.address, parking.unit, parking.manager) == ("parkering@exempelby.example", "bygg", "noel")
    assert (parking.tier, parking.mode, parking.auto_reply) == (Tier.unit, Mode.queue, AutoReply.shadow)
    assert parking.imap is not None
    assert (parking.imap.host, parking.imap.secret) == ("imap.exempelby.example", "mail-parkering")
    assert (switchboard.channel, switchboard.tier) == (Channel.sms, Tier.contact_center)
    assert (snow.status, snow.instead) == (AccountStatus.dormant, "bygg@exempelby.example")


def test_headers_may_be_english_and_cells_parted_by_commas(town: Path) -> None:
    found = imported(town, "address,unit,name\nx@exempelby.example,bygg,X-verket\n")

    assert found.added == ("x-verket",)
    assert tomllib.loads(found.text)["accounts"]["x-verket"]["auto_reply"] == "shadow"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_swedish_letters_survive_what_spreadsheets_write(town: Path, encoding: str) -> None:
    content = "Adress;Verksamhet;Namn\nvag@exempelby.example;Bygg;Vägar & gångbanor\n".encode(encoding)

    found = imported(town, decode(content))

    assert found.tree["accounts"][found.added[0]]["name"] == "Vägar & gångbanor"
    assert found.added == ("vagar-gangbanor",)


def test_accounts_that_are_there_stay_as_they_are(town: Path) -> None:
    first = load(town).accounts[0]

    found = imported(town, f"adress;verksamhet;namn\n{first.address.upper()};bygg;Annat namn\n")

    assert (found.added, found.known, found.text) == ((), (first.id,), "")


def test_every_fault_is_told_at_once_with_its_row(town: Path) -> None:
    wrong = """Adress;Verksamhet;Chef;Nivå;Läge
a@exempelby.example;Bygge;;;
b@exempelby.example;Bygg;Nol;;
c@exempelby.example;Bygg;;chef;
d@annan.example;Bygg;;;
e@exempelby.example;Bygg;;;
E@exempelby.example;Bygg;;;
;Bygg;;;
"""

    with pytest.raises(SettingsFaults) as error:
        imported(town, wrong)

    faults = error.value.faults
    assert [fault.split(":")[0] for fault in faults] == ["row 2", "row 3", "row 4", "row 5", "row 7", "row 8"]
    for said in (
        'no unit "Bygge"; did you mean "bygg"', 'no person "Nol"; did you mean "noel"', '"chef" is no tier',
        "lies outside the domains", "stands in row 6 already", "the address is missing",
    ):  # fmt: skip
        assert said in str(error.value)


def test_two_of_one_name_get_ids_of_their_own(town: Path) -> None:
    found = imported(town, "adress;verksamhet;namn\na@exempelby.example;bygg;Bad\nb@exempelby.example;bygg;Bad\n")

    assert found.added == ("bad", "bad-2")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("Adress;Namn\n", r'"verksamhet" \(unit\) is missing'),
        ("Adress;Verksamhet;Chfe\n", 'no column "Chfe"; did you mean "chef"'),
        ("Adress;E-post;Verksamhet\n", "stands there twice"),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(town: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        imported(town, text)
