"""people import and accounts import: what they write, and what they only show."""

import shutil
from pathlib import Path

import pytest

from cli.roots import EXAMPLE
from settings.load import load
from tests.unit.cli.conftest import Run

REGISTER = "e-post;slutdatum\nmaj.tornvall@exempelby.example;2027-03-31\n"
LIST = "adress;verksamhet;namn\nparkering@exempelby.example;gata;Parkering\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a site folder of the example."""
    shutil.copytree(EXAMPLE, tmp_path / "site")
    monkeypatch.setenv("SVARSVAKT_SITE", str(tmp_path / "site"))
    (tmp_path / "register.csv").write_text(REGISTER, encoding="utf-8")
    (tmp_path / "konton.csv").write_text(LIST, encoding="cp1252")
    return tmp_path


def test_people_import_writes_people_toml(run: Run, folder: Path) -> None:
    ran = run("people", "import", folder / "register.csv", "--json")

    assert ran.code == 0
    assert (ran.object["changed"], ran.object["written"]) == (["maj-tornvall"], True)
    left = {each.id: each.employed_until for each in load(folder / "site").people if each.employed_until}
    assert {id: str(day) for id, day in left.items()} == {"maj-tornvall": "2027-03-31"}


def test_people_import_on_trial_writes_nothing(run: Run, folder: Path) -> None:
    ran = run("people", "import", folder / "register.csv", "--dry-run")

    assert "employed_until = 2027-03-31" in ran.out
    assert "nothing is written" in ran.out
    assert not (folder / "site" / "people.toml").exists()


def test_accounts_import_shows_what_would_be_written(run: Run, folder: Path) -> None:
    before = (folder / "site" / "accounts.toml").read_text(encoding="utf-8")

    ran = run("accounts", "import", folder / "konton.csv")

    assert "[accounts.parkering]" in ran.out
    assert "1 new accounts: nothing is written" in ran.out
    assert (folder / "site" / "accounts.toml").read_text(encoding="utf-8") == before


def test_accounts_import_adds_to_what_stands_there_comments_and_all(run: Run, folder: Path) -> None:
    before = (folder / "site" / "accounts.toml").read_text(encoding="utf-8")

    assert run("accounts", "import", folder / "konton.csv", "--write").code == 0

    after = (folder / "site" / "accounts.toml").read_text(encoding="utf-8")
    assert after.startswith(before.rstrip())
    assert "parkering" in {each.id for each in load(folder / "site").accounts}
    assert "1 there already" in run("accounts", "import", folder / "konton.csv").out


def test_faults_of_a_list_end_with_exit_code_2_and_write_nothing(run: Run, folder: Path) -> None:
    (folder / "konton.csv").write_text("adress;verksamhet\nx@gmail.example;gatta\n", encoding="utf-8")

    ran = run("accounts", "import", folder / "konton.csv", "--write")

    assert (ran.code, ran.out) == (2, "")
    assert 'row 2: there is no unit "gatta"; did you mean "gata"?' in ran.err
    assert "gatta" not in (folder / "site" / "accounts.toml").read_text(encoding="utf-8")


def test_a_file_that_is_not_there_is_named(run: Run, folder: Path) -> None:
    ran = run("people", "import", folder / "none.csv")

    assert ran.code != 0
    assert "none.csv" in ran.err
