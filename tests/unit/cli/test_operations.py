"""migrate, user add, user rename, log verify."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from cli.roots import opened
from domain.ids import EventId
from domain.viewer import OPERATOR
from pipeline.seal import seal
from store import events
from store.users import find_user
from tests.unit.cli.conftest import Run

BO = ("user", "add", "Bo", "--organisation", "exempelby", "--role", "agent", "--unit", "kontaktcenter")
PASSWORD = "fyra ord räcker gott\n"


def test_migrate_names_the_version(run: Run, site_folder: Path) -> None:
    ran = run("migrate", "--json")

    assert ran.code == 0
    assert list(ran.object) == ["version"]
    assert (site_folder / "svarsvakt.sqlite3").exists()


def test_a_user_is_added_with_a_password_from_standard_input(run: Run, installed: Path) -> None:
    ran = run(*BO, "--json", typed=PASSWORD)

    assert ran.code == 0
    assert ran.object == {"user": "bo", "organisation": "exempelby", "roles": ["agent"], "units": ["kontaktcenter"]}


def test_a_name_is_taken_once(run: Run, installed: Path) -> None:
    run(*BO, typed=PASSWORD)

    ran = run(*BO, typed=PASSWORD)

    assert ran.code == 2
    assert "already" in ran.err


@pytest.mark.parametrize("typed", ["", "\n", "kort\n"])
def test_a_short_password_is_refused(run: Run, installed: Path, typed: str) -> None:
    ran = run(*BO, typed=typed)

    assert ran.code == 2
    assert "at least 12" in ran.err


@pytest.mark.parametrize(
    ("option", "value"), [("--organisation", "grannkommunen"), ("--unit", "gatan"), ("--person", "nobody")]
)
def test_names_that_the_configuration_does_not_have_are_refused(
    run: Run, installed: Path, option: str, value: str
) -> None:
    ran = run(*BO, option, value, typed=PASSWORD)

    assert ran.code == 2
    assert value in ran.err


def test_an_unknown_role_is_refused(run: Run, installed: Path) -> None:
    ran = run("user", "add", "bo", "--organisation", "exempelby", "--role", "boss")

    assert ran.code == 2
    assert "administrator" in ran.err


def test_a_user_is_renamed_and_keeps_everything_else(run: Run, installed: Path) -> None:
    run(*BO, typed=PASSWORD)
    with opened() as root, root.runtime.database.read() as connection:
        before = find_user(connection, OPERATOR, "bo")

    ran = run("user", "rename", "BO", " Bo.Lokal ", "--json")

    with opened() as root, root.runtime.database.read() as connection:
        after, gone = (find_user(connection, OPERATOR, name) for name in ("bo.lokal", "bo"))
        last = events.list_before(connection, OPERATOR, EventId(2**62), limit=1)[0]
    assert ran.object == {"user": "bo.lokal", "was": "bo"}
    assert before is not None
    assert after == replace(before, name="bo.lokal")
    assert gone is None
    assert (last.kind, last.details) == ("user_renamed", {"user": "bo.lokal", "was": "bo"})


@pytest.mark.parametrize(
    ("was", "to", "said"),
    [("bo", "bo", "already"), ("nobody", "bob", "no user named"), ("bo", " ", "empty"),
     ("bo", "b" * 101, "more than 100")],
)  # fmt: skip
def test_a_name_that_nobody_has_or_that_cannot_be_given_is_refused(
    run: Run, installed: Path, was: str, to: str, said: str
) -> None:
    run(*BO, typed=PASSWORD)

    ran = run("user", "rename", was, to)

    assert ran.code == 2
    assert said in ran.err


def test_an_untouched_log_holds(run: Run, installed: Path) -> None:
    ran = run("log", "verify", "--json")

    assert ran.code == 0
    assert ran.object["faults"] == []
    assert set(ran.object) == {"sealed", "unsealed", "faults"}


def test_people_are_told_how_many_events_hold(run: Run, installed: Path) -> None:
    none = run("log", "verify").out
    with opened() as root:
        seal(root.runtime)
    one = run("log", "verify").out

    assert none.startswith("0 events sealed, 1 not yet.\n")
    assert one.startswith("1 event sealed, 0 not yet.\nThe chain holds.")


def test_an_edited_line_of_the_log_is_named(run: Run, installed: Path) -> None:
    run("poll")
    with sqlite3.connect(installed / "svarsvakt.sqlite3") as connection:
        connection.execute("UPDATE events SET actor = 'somebody else' WHERE id = 1")
    connection.close()

    ran = run("log", "verify", "--json")

    assert ran.code == 1
    assert "event 1" in ran.object["faults"][0]
    assert ran.object["faults"][0] in ran.err
