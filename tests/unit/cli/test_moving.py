"""move-store."""

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run


def test_an_installation_is_moved_and_told_what_to_change(run: Run, installed: Path, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path}/new.sqlite3"

    ran = run("move-store", "--to", target)

    assert ran.code == 0, ran.err
    assert "counts and digests agree" in ran.out
    assert f"SVARSVAKT_DATABASE={target}" in ran.out


def test_the_new_database_is_used_as_the_old_one_was(
    run: Run, installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = f"sqlite:///{tmp_path}/new.sqlite3"
    accounts = run("accounts", "--json").lines

    ran = run("move-store", "--to", target, "--json")

    monkeypatch.setenv("SVARSVAKT_DATABASE", target)
    assert run("accounts", "--json").lines == accounts
    assert ran.object["tables"]["active_site"]["rows"] == 1
    assert ran.object["events"]["faults"] == []
    assert run("move-store", "--to", target).code == 2


def test_a_file_that_is_not_there_is_not_made(run: Run, installed: Path, tmp_path: Path) -> None:
    ran = run("move-store", "--from", f"sqlite:///{tmp_path}/none.sqlite3", "--to", f"sqlite:///{tmp_path}/b.sqlite3")

    assert ran.code == 2
    assert "there is no file" in ran.err
    assert not (tmp_path / "none.sqlite3").exists()


def test_what_is_no_database_is_told_in_a_sentence(run: Run, installed: Path) -> None:
    ran = run("move-store", "--to", "mysql://anywhere/svarsvakt")

    assert ran.code == 2
    assert "use sqlite or postgresql" in ran.err
