"""The example town, and what `svarsvakt init` makes of it."""

import re
from pathlib import Path

import pytest

from domain.account import AccountStatus, AutoReply, Channel, Mode, Tier
from domain.errors import BadInput
from domain.site import Site
from settings.init import EXAMPLE, write_example
from settings.load import load


@pytest.fixture(scope="module")
def example() -> Site:
    """Return the fictional Exempelby kommun."""
    return load(EXAMPLE)


def test_the_example_has_a_contact_center_six_units_and_two_companies(example: Site) -> None:
    units = {str(unit.id): str(unit.organisation) for unit in example.units}

    assert units == {
        **dict.fromkeys(["kontaktcenter", "bygg", "gata", "skola", "omsorg", "socialtjanst", "kultur"], "exempelby"),
        "va": "exempelby-vatten",
        "bostad": "exempelby-bostader",
    }


def test_every_unit_has_a_manager_and_a_deputy(example: Site) -> None:
    assert all(unit.manager and unit.deputy for unit in example.units)


def test_every_channel_mode_and_tier_is_shown(example: Site) -> None:
    assert {account.channel for account in example.accounts} == set(Channel)
    assert {account.mode for account in example.accounts} == set(Mode)
    assert {account.tier for account in example.accounts} == set(Tier)
    assert AccountStatus.dormant in {account.status for account in example.accounts}


def test_the_example_sends_nothing(example: Site) -> None:
    assert {account.auto_reply for account in example.accounts} == {AutoReply.shadow}


def test_every_tier_has_the_targets_of_the_guidelines(example: Site) -> None:
    targets = {
        f"{level.channel} {level.tier}": (str(level.notice), str(level.answer)) for level in example.service_levels
    }

    assert targets == {
        "email contact_center": ("1h", "1 working day"),
        "email unit": ("1 working day", "1 working day"),
        "email employee": ("2 working days", "2 working days"),
        "sms contact_center": ("1min", "1 working day"),
        "sms unit": ("1h", "1 working day"),
        "sms employee": ("1 working day", "1 working day"),
        "facebook contact_center": ("1h", "1 working day"),
        "facebook unit": ("1 working day", "1 working day"),
    }


def test_some_units_close_for_lunch_and_have_summer_hours(example: Site) -> None:
    bygg = example.schedule(example.unit(example.units[1].id).schedule)

    assert [len(spans) for spans in bygg.weekly[0].week] == [2, 2, 2, 2, 2, 0, 0]
    assert "sommartid" in {each.why for each in bygg.exceptions}


def test_the_example_names_only_fictional_addresses_and_numbers() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in EXAMPLE.glob("*.toml"))

    domains = set(re.findall(r"@([\w.-]+\w)", text))
    assert {domain for domain in domains if not re.search(r"(\.example|^example\.se)$", domain)} == set()
    numbers = {re.sub(r"\D", "", number) for number in re.findall(r"(?:\+46|\b0)[\d\s-]{7,}\d", text)}
    fictional = re.compile(r"(46|0)7017406(0[5-9]|[1-9]\d)|08465004\d\d")
    assert numbers
    assert all(fictional.fullmatch(number) for number in numbers)


def test_every_setting_of_the_example_is_explained_by_a_comment() -> None:
    for name in ("site.toml", "units.toml", "hours.toml", "service_levels.toml", "accounts.toml"):
        text = (EXAMPLE / name).read_text(encoding="utf-8")
        keys = set(re.findall(r"^([a-z_]+) = ", text, re.MULTILINE))

        explained = {key for key in keys if re.search(rf"^# .*\n{key} = |^#.*\b{key}\b", text, re.MULTILINE)}

        assert (name, keys - explained) == (name, set())


def test_init_writes_a_site_that_loads_with_its_comments(tmp_path: Path) -> None:
    written = write_example(tmp_path / "ny" / "site")

    assert load(tmp_path / "ny" / "site") == load(EXAMPLE)
    assert {path.name for path in written} == {path.name for path in EXAMPLE.glob("*.toml")}
    assert "# The mailboxes, numbers and pages" in (tmp_path / "ny" / "site" / "accounts.toml").read_text()


def test_init_sets_every_account_to_shadow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "accounts.toml").write_text('# auto_reply = "on" sends\nauto_reply = "on" # now\n  auto_reply="off"\n')
    monkeypatch.setattr("settings.init.EXAMPLE", source)

    write_example(tmp_path / "site")

    text = (tmp_path / "site" / "accounts.toml").read_text()
    assert text == '# auto_reply = "on" sends\nauto_reply = "shadow" # now\n  auto_reply="shadow"\n'


def test_init_takes_an_empty_folder(tmp_path: Path) -> None:
    assert write_example(tmp_path)


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "anteckning.txt").write_text("mitt")

    with pytest.raises(BadInput, match="is not empty"):
        write_example(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["anteckning.txt"]


def test_init_says_when_the_name_is_a_file_s(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("")

    with pytest.raises(BadInput, match="is a file"):
        write_example(tmp_path / "site")


def test_init_says_when_it_may_not_write(tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("")

    with pytest.raises(BadInput, match="cannot be written"):
        write_example(tmp_path / "fil" / "site")
