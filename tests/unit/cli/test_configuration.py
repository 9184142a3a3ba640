"""init, check, activate, export."""

from pathlib import Path

import pytest

from settings.folder import FILES
from settings.init import EXAMPLE
from settings.load import load
from tests.unit.cli.conftest import Run


def test_init_writes_a_folder_that_loads(run: Run, tmp_path: Path) -> None:
    ran = run("init", tmp_path / "site", "--json")

    assert ran.code == 0
    assert ran.object == {
        "folder": str(tmp_path / "site"),
        "files": sorted(each.name for each in EXAMPLE.glob("*.toml")),
    }
    assert load(tmp_path / "site").accounts


def test_init_tells_people_what_comes_next(run: Run, tmp_path: Path) -> None:
    ran = run("init", tmp_path / "min kommun")

    assert f"export SVARSVAKT_SITE='{tmp_path}/min kommun'" in ran.out


def test_init_overwrites_nothing(run: Run, site_folder: Path) -> None:
    ran = run("init", site_folder)

    assert ran.code == 2
    assert "not empty" in ran.err


def test_activate_says_whether_anything_changed(run: Run, site_folder: Path) -> None:
    run("migrate")

    first, second = run("activate", site_folder, "--json"), run("activate", site_folder, "--json")

    assert set(first.object) == {"site", "changed"}
    assert (first.object["changed"], second.object["changed"]) == (True, False)
    assert first.object["site"] == second.object["site"]


def test_activate_refuses_a_faulty_folder_and_keeps_the_old(run: Run, installed: Path, tmp_path: Path) -> None:
    before = run("export", "--json").object

    ran = run("activate", tmp_path / "nowhere")

    assert ran.code == 2
    assert run("export", "--json").object == before


def test_activate_without_tables_says_to_migrate(run: Run, site_folder: Path) -> None:
    ran = run("activate", site_folder)

    assert ran.code == 2
    assert "svarsvakt migrate" in ran.err


def test_without_an_active_configuration_a_command_says_to_activate(run: Run, site_folder: Path) -> None:
    run("migrate")

    for command in ("accounts", "export"):
        ran = run(command)

        assert ran.code == 2
        assert "svarsvakt activate" in ran.err


def test_what_export_writes_loads_as_the_same_configuration(run: Run, installed: Path, tmp_path: Path) -> None:
    ran = run("export", tmp_path / "out", "--json")

    assert ran.code == 0
    assert set(ran.object) == set(FILES)
    assert load(tmp_path / "out") == load(installed)


def test_export_keeps_files_that_are_there_unless_told(run: Run, installed: Path) -> None:
    before = (installed / "accounts.toml").read_text()

    refused = run("export", installed)

    assert refused.code == 2
    assert "accounts.toml" in refused.err
    assert (installed / "accounts.toml").read_text() == before
    assert run("export", installed, "--overwrite").code == 0
    assert (installed / "accounts.toml").read_text() != before


def test_export_to_people_prints_the_files(run: Run, installed: Path) -> None:
    ran = run("export")

    assert all(f"# {name}\n" in ran.out for name in FILES)


def test_export_into_a_file_is_told_in_a_sentence(run: Run, installed: Path) -> None:
    ran = run("export", installed / "site.toml")

    assert ran.code in (1, 2)
    assert "site.toml" in ran.err


@pytest.mark.parametrize("command", ["migrate", "log verify"])
def test_an_operation_may_be_run_again(run: Run, installed: Path, command: str) -> None:
    assert run(*command.split()).code == 0
    assert run(*command.split()).code == 0
