"""svarsvakt poll, as far as no network is needed: a line an account."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cli import work
from cli.output import BAD_INPUT
from domain.errors import BadInput
from domain.ids import AccountId
from pipeline.decided import Decided
from pipeline.receive import Received, receive
from pipeline.runtime import Runtime
from tests.unit.cli.conftest import Run

#: How the settings say to read the page that these tests have no connector for.
READ = re.compile(r"^\[accounts\.kultur-facebook\.facebook\]\n(?:.+\n)+", re.MULTILINE)

KEYS = {"account", "fetched", "new", "duplicates", "history", "set_aside", "seconds", "passed_over", "problem"}


@pytest.fixture
def unread_page(site_folder: Path) -> Path:
    """Give the site folder with a page of which nothing says how it is read."""
    file = site_folder / "accounts.toml"
    text, found = READ.subn("", file.read_text(encoding="utf-8"))
    assert found == 1
    file.write_text(text, encoding="utf-8")
    return site_folder


def test_every_account_is_one_line(run: Run, site_folder: Path) -> None:
    ran = run("poll", "--json")

    assert all(set(line) >= KEYS for line in ran.lines)
    assert len({line["account"] for line in ran.lines}) == len(ran.lines) > 10


def test_an_account_whose_secret_is_missing_says_where_to_put_it(run: Run, site_folder: Path) -> None:
    line = run("poll", "bygg", "--json").object

    assert (line["account"], line["fetched"]) == ("bygg", 0)
    assert "SVARSVAKT_SECRET_MAIL_BYGG" in line["problem"]


def test_an_account_that_failed_is_told_by_the_exit_code_and_the_others_are_read(run: Run, unread_page: Path) -> None:
    ran = run("poll", "bygg", "kultur-facebook", "--json")

    assert ran.code == 1
    assert [bool(line["failed_step"]) for line in ran.lines] == [True, False]
    assert run("poll", "bygg").code == 1
    assert run("poll", "kultur-facebook").code == 0


def test_a_failure_that_nobody_foresaw_holds_up_no_other_account(
    run: Run, unread_page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def picky(runtime: Runtime, account: AccountId) -> Received:
        if account == "bygg":
            raise RuntimeError("a fault in a connector")
        return receive(runtime, account)

    monkeypatch.setattr(work, "receive", picky)

    ran = run("poll", "bygg", "kultur-facebook", "--json")

    assert ran.code == 1
    assert [line["failed_step"] for line in ran.lines] == ["protocol", ""]
    assert "log" in ran.lines[0]["problem"]


def test_an_account_without_a_connector_is_passed_over_with_a_line(run: Run, unread_page: Path) -> None:
    line = run("poll", "kultur-facebook", "--json").object

    assert line["passed_over"] is True
    assert "connector" in line["problem"]
    assert "passed over" in run("poll", "kultur-facebook").out


def test_an_unknown_account_is_bad_input_and_nothing_is_polled(run: Run, site_folder: Path) -> None:
    ran = run("poll", "bygg", "nowhere", "--json")

    assert (ran.code, ran.out) == (2, "")
    assert "nowhere" in ran.err


def test_faulty_settings_are_all_told_and_nothing_is_polled(run: Run, site_folder: Path) -> None:
    (site_folder / "rules.toml").write_text("nonsense = 1\nmore = 2\n", encoding="utf-8")

    ran = run("poll", "--json")

    assert (ran.code, ran.out) == (2, "")
    assert "nonsense" in ran.err
    assert "more" in ran.err


def test_a_step_that_fails_holds_up_no_other_and_the_lines_are_printed(
    run: Run, site_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def decide_all(runtime: Runtime) -> Decided:
        raise BadInput("a setting is wrong")

    def noting(name: str) -> Callable[[Runtime], None]:
        def step(runtime: Runtime) -> None:
            done.append(name)

        return step

    for name in ("hold", "send", "watch", "tell", "seal"):
        monkeypatch.setattr(work, name, noting(name))
    monkeypatch.setattr(work, "decide_all", decide_all)

    ran = run("poll", "kultur-facebook", "--json")

    assert done == ["hold", "send", "watch", "tell", "send", "seal"]
    assert ran.code == BAD_INPUT
    assert len(ran.lines) == 1
    assert "a setting is wrong" in ran.err
