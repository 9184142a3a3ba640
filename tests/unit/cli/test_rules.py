"""rules check, list, activate and history."""

from pathlib import Path

import pytest

from domain.viewer import MACHINE
from store.database import Database
from store.events import list_after
from store.sent import list_alerts
from tests.unit.cli.conftest import Run

RULE = """
[[rules]]
id = "{id}"
why = "För att prova."
when = {{ languages = ["fi"], words = "lume*" }}
then = {{ unit = "gata", tags = ["vinter"] }}
"""
FAULTY = '[[rules]]\nid = "fel"\nwhen = { categories = "gta" }\nthen = { unit = "gtaa", tags = 3 }\n'
DANGER = '[[rules]]\nid = "larm"\nnote = true\nthen = { notify_at_once = true }\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a set of one rule."""
    made = tmp_path / "nya"
    made.mkdir()
    (made / "rules.toml").write_text(DANGER + RULE.format(id="finska"), encoding="utf-8")
    return made


@pytest.fixture
def database(installed: Path) -> Database:
    return Database(f"sqlite:///{installed}/svarsvakt.sqlite3")


def test_a_right_set_is_told_with_its_version(run: Run, folder: Path) -> None:
    ran = run("rules", "check", folder, "--json")

    assert (ran.code, ran.err) == (0, "")
    assert (ran.object["count"], ran.object["warnings"], len(ran.object["rules"])) == (2, [], 64)


def test_the_version_is_of_what_the_rules_say_and_not_of_how_it_is_written(run: Run, folder: Path) -> None:
    before = run("rules", "check", folder, "--json").object["rules"]
    file = folder / "rules.toml"
    file.write_text("# Ändrad i dag.\n" + file.read_text(encoding="utf-8"), encoding="utf-8")

    after = run("rules", "check", folder, "--json").object["rules"]
    file.write_text(file.read_text(encoding="utf-8").replace("vinter", "sommar"), encoding="utf-8")

    assert after == before
    assert run("rules", "check", folder, "--json").object["rules"] != before


def test_every_fault_is_told_at_once_with_file_rule_key_and_the_nearest_right_name(run: Run, folder: Path) -> None:
    (folder / "rules.toml").write_text(FAULTY, encoding="utf-8")

    ran = run("rules", "check", folder)

    assert ran.code == 2
    assert [line.removeprefix(f"{folder}/") for line in sorted(ran.err.splitlines())] == [
        'rules.toml [rules no. 1 "fel".then] tags: must be text in quotes.',
        'rules.toml [rules no. 1 "fel".then] unit: there is no unit "gtaa"; did you mean "gata"?',
        'rules.toml [rules no. 1 "fel".when] categories: there is no category "gta"; did you mean "gata"?',
    ]


def test_rules_that_never_hit_and_danger_that_nobody_hears_of_are_warned_about(run: Run, folder: Path) -> None:
    text = RULE.format(id="allt").replace('when = { languages = ["fi"], words = "lume*" }\n', "")
    (folder / "rules.toml").write_text(text + RULE.format(id="finska"), encoding="utf-8")

    ran = run("rules", "check", folder)

    assert ran.code == 0
    assert "rule finska never hits: rule allt above it takes it all" in ran.err
    assert "nobody is told at once of fara, hot, oro" in ran.err or "nobody is told at once of" in ran.err


def test_new_categories_beside_the_rules_count(run: Run, folder: Path, site_folder: Path) -> None:
    categories = (site_folder / "categories.toml").read_text(encoding="utf-8")
    (folder / "rules.toml").write_text(DANGER + '[[rules]]\nid = "x"\nwhen = { categories = "ny" }\n', encoding="utf-8")

    alone = run("rules", "check", folder)
    (folder / "categories.toml").write_text(
        categories + '\n[categories.ny]\nname = "Ny"\nunit = "gata"\n', encoding="utf-8"
    )
    together = run("rules", "check", folder)

    assert (alone.code, together.code) == (2, 0)


def test_a_folder_without_rules_is_refused(run: Run, tmp_path: Path) -> None:
    ran = run("rules", "check", tmp_path)

    assert ran.code == 2
    assert "has no rules.toml" in ran.err


def test_the_list_reads_top_to_bottom_and_marks_what_never_hits(run: Run, folder: Path) -> None:
    first = RULE.format(id="forst")
    (folder / "rules.toml").write_text(DANGER + first + RULE.format(id="sedan"), encoding="utf-8")

    ran = run("rules", "list", folder)
    lines = run("rules", "list", folder, "--json").lines

    assert ran.out.index("larm (note: only adds)") < ran.out.index("forst") < ran.out.index("sedan")
    assert "language fi; word lume*" in ran.out
    assert "to gata; tag vinter" in ran.out
    assert "För att prova." in ran.out
    assert "every message" in ran.out
    assert [line["unreachable"] for line in lines][:2] == [None, None]
    assert "rule forst above it" in lines[2]["unreachable"]
    assert lines[1]["when"] == {"languages": ["fi"], "words": ["lume*"]}


def test_without_a_folder_the_active_rules_are_listed(run: Run, installed: Path) -> None:
    (installed / "rules.toml").write_text(DANGER, encoding="utf-8")

    ids = [line["id"] for line in run("rules", "list", "--json").lines]

    assert "allt-till-socialtjansten" in ids
    assert "larm" not in ids


def test_activating_changes_the_rules_and_nothing_else(run: Run, installed: Path, folder: Path) -> None:
    before = run("export", "--json").object
    (installed / "accounts.toml").write_text("", encoding="utf-8")

    ran = run("rules", "activate", folder, "--json")
    after = run("export", "--json").object

    assert (ran.code, ran.object["changed"], ran.object["count"]) == (0, True, 2)
    assert {name for name in before if before[name] != after[name]} == {"rules.toml"}
    assert run("rules", "activate", folder, "--json").object["changed"] is False


def test_the_history_tells_which_rules_were_active_since_when(run: Run, installed: Path, folder: Path) -> None:
    version = run("rules", "activate", folder, "--json").object["rules"]

    lines = run("rules", "history", "--json").lines

    assert [line["rules"] == version for line in lines] == [True, False]
    assert version[:12] in run("rules", "history").out


def test_a_faulty_set_is_refused_the_old_one_stays_and_the_administrator_is_told(
    run: Run, folder: Path, database: Database
) -> None:
    before = run("export", "--json").object
    (folder / "rules.toml").write_text(FAULTY, encoding="utf-8")

    ran = run("rules", "activate", folder)

    assert ran.code == 2
    assert "The rules were refused; the old ones stay. drift@exempelby.example is told." in ran.err
    assert 'did you mean "gata"?' in ran.err
    assert run("export", "--json").object == before
    with database.read() as connection:
        (alert,) = list_alerts(connection, MACHINE)
        (refused,) = (each for each in list_after(connection, MACHINE, 0) if each.kind == "activation_refused")
    assert alert.recipient == "drift@exempelby.example"
    assert 'there is no unit "gtaa"' in alert.text
    assert len(refused.details["faults"]) == 3


def test_where_nobody_is_administrator_the_refusal_is_noted_all_the_same(
    run: Run, installed: Path, folder: Path, database: Database
) -> None:
    site = installed / "site.toml"
    text = site.read_text(encoding="utf-8").replace('administrator = "drift@exempelby.example"\n', "")
    site.write_text(text, encoding="utf-8")
    run("activate", installed)
    (folder / "rules.toml").write_text(FAULTY, encoding="utf-8")

    ran = run("rules", "activate", folder)

    assert "is told" not in ran.err
    with database.read() as connection:
        assert list_alerts(connection, MACHINE) == ()
        assert any(each.kind == "activation_refused" for each in list_after(connection, MACHINE, 0))
