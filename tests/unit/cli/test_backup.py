"""backup, restored."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from cli.roots import opened
from domain.viewer import OPERATOR
from store.leases import claim_lease
from store.restored import NOT_YET, find_lost
from tests.unit.cli.conftest import Run
from worker import SystemClock


def test_a_copy_is_a_whole_installation(run: Run, installed: Path, tmp_path: Path) -> None:
    accounts = run("accounts", "--json").lines
    copy = tmp_path / "copy.sqlite3"

    ran = run("backup", copy, "--json")

    assert ran.object == {"file": str(copy), "size_bytes": copy.stat().st_size}
    assert copy.stat().st_mode & 0o077 == 0, "letters are for nobody else to read"
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.sqlite3"]
    shutil.copy(copy, installed / "svarsvakt.sqlite3")
    assert run("accounts", "--json").lines == accounts
    assert run("log", "verify").code == 0


def test_a_copy_that_is_started_in_its_place_goes_on_from_then(run: Run, installed: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "copy.sqlite3")
    shutil.copy(tmp_path / "copy.sqlite3", installed / "svarsvakt.sqlite3")

    with opened(prepare=True) as root, root.runtime.database.read() as connection:
        lost_until = find_lost(connection, OPERATOR)

    assert lost_until is not None
    assert abs(lost_until - SystemClock().now()) < timedelta(minutes=6)


def test_the_database_itself_is_no_copy_after_a_backup(run: Run, installed: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "copy.sqlite3")

    with opened(prepare=True) as root, root.runtime.database.read() as connection:
        assert find_lost(connection, OPERATOR) is None


def test_looking_into_a_copy_does_not_start_it(
    run: Run, installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("backup", tmp_path / "copy.sqlite3")
    monkeypatch.setenv("SVARSVAKT_DATABASE", f"sqlite:///{tmp_path}/copy.sqlite3")

    assert run("tickets").code == 0

    with opened() as root, root.runtime.database.read() as connection:
        assert find_lost(connection, OPERATOR) == NOT_YET


def test_a_file_that_is_there_is_not_written_over(run: Run, installed: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.sqlite3").write_text("annat")

    ran = run("backup", tmp_path / "copy.sqlite3")

    assert (ran.code, "exists" in ran.err) == (2, True)
    assert (tmp_path / "copy.sqlite3").read_text() == "annat"


def test_a_backup_that_was_broken_off_is_begun_anew(run: Run, installed: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.sqlite3.part").write_text("halv")

    assert run("backup", tmp_path / "copy.sqlite3").code == 0


def test_who_restores_says_when_the_lost_machine_stopped(run: Run, installed: Path) -> None:
    ran = run("restored", "--stopped-at", "2026-11-20T12:00+01:00", "--json")

    assert ran.object == {"stopped_at": "2026-11-20T12:00:00+01:00", "in_doubt": 0}


@pytest.mark.parametrize("when", ["igår", "2999-01-01T00:00"])
def test_a_time_that_cannot_be_is_refused(run: Run, installed: Path, when: str) -> None:
    ran = run("restored", "--stopped-at", when)

    assert ran.code == 2


def test_what_runs_already_was_not_restored_just_now(run: Run, installed: Path) -> None:
    with opened() as root, root.runtime.database.write() as connection:
        claim_lease(connection, "scheduler", "somebody", timedelta(minutes=1))

    ran = run("restored")

    assert (ran.code, "the lease scheduler" in ran.err) == (2, True)
