"""svarsvakt poll, as far as no network is needed: a line an account."""

from pathlib import Path

from tests.unit.cli.conftest import Run

KEYS = {"account", "fetched", "new", "duplicates", "history", "set_aside", "seconds", "passed_over", "problem"}


def test_every_account_is_one_line(run: Run, site_folder: Path) -> None:
    ran = run("poll", "--json")

    assert all(set(line) >= KEYS for line in ran.lines)
    assert len({line["account"] for line in ran.lines}) == len(ran.lines) > 10


def test_an_account_whose_secret_is_missing_says_where_to_put_it(run: Run, site_folder: Path) -> None:
    line = run("poll", "bygg", "--json").object

    assert (line["account"], line["fetched"]) == ("bygg", 0)
    assert "SVARSVAKT_SECRET_MAIL_BYGG" in line["problem"]


def test_an_account_without_a_connector_is_passed_over_with_a_line(run: Run, site_folder: Path) -> None:
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
