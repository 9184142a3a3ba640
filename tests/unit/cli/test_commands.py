"""Every command of the table in design.md section 9: it works."""

import socket
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run

BUILT = [
    "demo", "init", "check", "activate", "export", "run", "poll", "worker", "scheduler", "listen", "web", "explain",
    "due", "tickets", "accounts", "migrate", "user", "log", "rules", "replay",
    "stats", "move-store", "backup", "restored",
]  # fmt: skip
#: What asks for a site when none is named. `init` and `activate` name a folder themselves.
NEED_A_SITE = [
    ("check",), ("run",), ("poll",), ("worker",), ("scheduler",), ("listen",), ("web",), ("tickets",), ("accounts",),
    ("migrate",), ("export",), ("move-store", "--to", "sqlite:///b.sqlite3"), ("log", "verify"),
    ("replay",), ("stats",), ("backup", "copy.sqlite3"), ("restored",),
    ("user", "add", "bo", "--organisation", "exempelby", "--role", "agent"),
]  # fmt: skip


@pytest.mark.parametrize("arguments", NEED_A_SITE, ids=" ".join)
def test_without_a_site_a_command_says_how_to_make_one(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)

    assert ran.code == 2
    assert "svarsvakt init" in ran.err
    assert ran.out == ""


def test_the_help_names_every_command_with_a_whole_sentence(run: Run) -> None:
    ran = run("--help")

    assert ran.code == 0
    assert "..." not in ran.out.partition("Commands:")[2]
    for command in BUILT:
        assert f"\n  {command} " in ran.out


@pytest.mark.parametrize("command", BUILT)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    ran = run(command, "--help")

    assert ran.code == 0
    assert "Usage:" in ran.out


def test_the_version_is_the_packages(run: Run) -> None:
    ran = run("--version")

    assert (ran.code, ran.out) == (0, f"svarsvakt {version('svarsvakt')}\n")


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("due", "--nonsense"), ("demo", "--port", "70000"), ("user", "nonsense")]
)
def test_what_does_not_exist_is_bad_input(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)

    assert ran.code == 2
    assert "Error: " in ran.err
    assert ran.out == ""


def test_an_unknown_variable_of_ours_is_bad_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVARSVAKT_DATBASE", "sqlite://")

    ran = run("tickets")

    assert ran.code == 2
    assert "SVARSVAKT_DATABASE" in ran.err


def test_a_database_that_is_away_is_a_failure_with_a_sentence(
    run: Run, site_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVARSVAKT_DATABASE", "postgresql://nobody:geheim@127.0.0.1:1/none")

    ran = run("tickets")

    assert ran.code == 1
    assert "SVARSVAKT_DATABASE" in ran.err
    assert "geheim" not in ran.err
    assert ran.err.count("\n") == 1


def test_a_site_folder_that_does_not_exist_is_told_in_a_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVARSVAKT_SITE", str(tmp_path / "nowhere"))

    for command in ("tickets", "migrate", "check", "due --channel sms --tier unit --at 2026-11-24"):
        ran = run(*command.split())

        assert ran.code in (1, 2)
        assert ran.err.strip()
        assert ran.out == ""


def test_a_port_that_is_taken_is_bad_input(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ran = run("demo", "--port", port)

    assert ran.code == 2
    assert f"port {port}" in ran.err
    assert "make run PORT=" in ran.err
