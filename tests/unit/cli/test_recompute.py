"""svarsvakt recompute: what moves, for people and for machines; of a sensitive ticket only number and unit."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import cli.recompute as command
from domain.category import Secrecy
from pipeline.recompute import Move, Recomputed
from tests.builders import TUESDAY
from tests.unit.cli.conftest import Run
from tests.unit.web.test_promise import ticket

LATER = TUESDAY + timedelta(days=1)
MOVED = Recomputed(ticket=ticket(calendar="old"), answer=Move(TUESDAY, LATER), calendar="new", told=True)
SENSITIVE = replace(MOVED, ticket=ticket(number="26-00002", secrecy=Secrecy.SK2))
STUCK = Recomputed(ticket=ticket(number="26-00003"), problem="'borta' is no longer in the settings")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Let three tickets be counted; keep whether it was a dry run."""
    dry_runs: list[bool] = []

    def count(_: object, *, dry_run: bool) -> list[Recomputed]:
        dry_runs.append(dry_run)
        return [MOVED, SENSITIVE, STUCK]

    monkeypatch.setattr(command, "count_anew", count)
    return dry_runs


def test_people_read_old_and_new_times_and_how_many(run: Run, installed: Path, counted: list[bool]) -> None:
    ran = run("recompute", "--dry-run")

    assert counted == [True]
    assert (
        "26-00001  gata  answer Tue 2026-11-24 09:12 → Wed 2026-11-25 09:12  (the citizen has been told a time)"
        in ran.out
    )
    assert "2 of 3 open tickets would move." in ran.out
    assert "26-00003 stays as it is: 'borta' is no longer in the settings" in ran.err


def test_machines_get_a_line_for_each_that_moves(run: Run, installed: Path, counted: list[bool]) -> None:
    ran = run("recompute", "--json")

    moved, sensitive = ran.lines
    assert counted == [False]
    assert datetime.fromisoformat(moved["answer_due_at"]["new"]) == LATER
    assert (moved["notice_due_at"], moved["calendar"], moved["told"]) == (None, {"old": "old", "new": "new"}, True)
    assert sensitive == {"ticket": "26-00002", "unit": "gata"}


def test_of_a_sensitive_ticket_people_read_only_number_and_unit(run: Run, installed: Path, counted: list[bool]) -> None:
    ran = run("recompute")

    [line] = [each for each in ran.out.splitlines() if "26-00002" in each]
    assert line.split() == ["26-00002", "gata"]


def test_on_an_installation_without_tickets_nothing_moves(run: Run, installed: Path) -> None:
    ran = run("recompute")

    assert (ran.code, ran.out.strip()) == (0, "0 of 0 open tickets moved.")
