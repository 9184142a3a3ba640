"""A Site survives its JSON and its TOML unchanged, and is known by its digest."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.account import Channel, InstalledConnection
from domain.category import Word
from domain.errors import BadInput
from domain.service_level import Target, TargetKind
from domain.site import Site
from settings.canonical import digest, from_json, to_json
from settings.export import to_toml
from settings.init import EXAMPLE
from settings.load import load
from settings.texts import duration_of, duration_text, target_of
from tests.builders import site as built_site
from tests.unit.settings.town import swap


@pytest.fixture(params=["town", "example", "built"])
def site(request: pytest.FixtureRequest, town: Path) -> Iterator[Site]:
    """Return a small site, the example's, and the one that other tests build."""
    if request.param == "built":
        yield built_site()
    else:
        yield load(town if request.param == "town" else EXAMPLE)


def test_a_site_comes_back_from_its_json(site: Site) -> None:
    again = from_json(to_json(site))

    assert again == site
    assert to_json(again) == to_json(site)


def test_a_site_comes_back_from_its_toml(town: Path, tmp_path: Path) -> None:
    for folder in (town, EXAMPLE):
        site = load(folder)
        target = tmp_path / f"again-{folder.name}"

        _write(target, to_toml(site))

        assert load(target) == site


def test_a_changed_site_comes_back_from_its_toml(town: Path, tmp_path: Path) -> None:
    site = load(town)
    changed = replace(
        site,
        calendar=replace(site.calendar, half_days=(), closed_days=()),
        brakes=replace(site.brakes, closed_window=timedelta(days=3), oldest=timedelta(seconds=90)),
        answers=replace(site.answers, most_files=2, forbidden_suffixes=(".exe",)),
        triage=replace(site.triage, languages=("sv",), margin=0.0),
        mail=replace(site.mail, bounce_address="retur@exempelby.example", from_as_destination=True),
        alert_smtp=None,
        alert_sender="",
        rules=(),
        form_notice=Target(TargetKind.clock_time, duration=timedelta(hours=24)),
        organisations=(replace(site.organisations[0], closed_days=(date(2027, 1, 5),)), *site.organisations[1:]),
        units=(replace(site.units[0], channel_schedules=((Channel.sms, site.schedules[0].id),)), *site.units[1:]),
        schedules=(
            replace(
                site.schedules[0],
                weekly=tuple(replace(each, half_day_closes=time(12)) for each in site.schedules[0].weekly),
            ),
            *site.schedules[1:],
        ),
    )

    _write(tmp_path / "again", to_toml(changed))

    assert load(tmp_path / "again") == changed


def test_an_odd_weight_cannot_be_said_in_toml() -> None:
    site = built_site()
    odd = replace(site.categories[0], words=(Word("hål*", "sv", 2.5),))

    with pytest.raises(BadInput, match=r"weighs 2\.5"):
        to_toml(replace(site, categories=(odd,)))


def test_json_is_the_same_text_however_the_settings_are_laid_out(town: Path) -> None:
    before = load(town)

    swap(
        town, "units.toml", 'name = "Bygg"\norganisation = "exempelby"', '# Bygg\norganisation="exempelby"\nname="Bygg"'
    )

    assert to_json(load(town)) == to_json(before)
    assert digest(load(town)) == digest(before)


def test_a_digest_is_of_the_canonical_text() -> None:
    site = built_site(name="Åby")

    assert '"name":"Åby"' in to_json(site)
    assert digest(site) == digest(built_site(name="Åby"))
    assert len(digest(site)) == 64


def test_any_change_gives_another_digest(town: Path) -> None:
    before = digest(load(town))

    swap(town, "hours.toml", '"13:00"', '"12:59"')

    assert digest(load(town)) != before


def test_the_order_of_rules_is_part_of_the_site(town: Path) -> None:
    site = load(town)

    assert digest(replace(site, rules=site.rules[::-1])) != digest(site)


def test_what_was_asked_of_a_site_does_not_change_its_digest() -> None:
    site = built_site()
    before = digest(site)

    assert site.own_domains

    assert digest(site) == before


@pytest.mark.parametrize("text", ["", "{}", "not json", '{"name": 5}'])
def test_what_is_no_site_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="The stored configuration cannot be read"):
        from_json(text)


@given(st.integers(min_value=1, max_value=900_000))
def test_a_duration_comes_back_from_its_text(seconds: int) -> None:
    duration = timedelta(seconds=seconds)

    assert duration_of(duration_text(duration)) == duration


@given(
    st.one_of(
        st.integers(1, 9999).map(lambda days: Target(TargetKind.working_days, days=days)),
        st.integers(1, 9999).map(lambda weeks: Target(TargetKind.weeks, days=7 * weeks)),
        st.tuples(st.sampled_from([TargetKind.open_time, TargetKind.clock_time]), st.integers(1, 9999)).map(
            lambda pair: Target(pair[0], duration=timedelta(minutes=pair[1]))
        ),
    )
)
def test_a_target_comes_back_from_its_text(target: Target) -> None:
    assert target_of(str(target)) == target


@pytest.mark.parametrize("text", ["", "1", "h", "-1h", "0h", "0 working days", "1 working day clock", "1.5h", 5, None])
def test_what_is_no_target_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="is no target"):
        target_of(text)


def _write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def test_a_connector_of_another_package_survives_the_round_trip(tmp_path: Path) -> None:
    example = load(EXAMPLE)
    connector = InstalledConnection(name="duva", secret="duva", options=(("folder", "/srv/duva"),))
    loft = replace(next(each for each in example.accounts if each.twilio is not None), twilio=None, connector=connector)
    site = replace(example, accounts=tuple(loft if each.id == loft.id else each for each in example.accounts))

    for name, text in to_toml(site).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert load(tmp_path) == site
    assert from_json(to_json(site)) == site
