"""Whatever is written into a settings file, what comes of it is a site or a list of faults."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from domain.errors import SettingsFaults
from settings import folder
from settings.load import load
from settings.parsed import parse_bytes
from tests.unit.settings.town import FILES, write_town

REPLACEMENTS: tuple[Any, ...] = (5, "", "x", "ÅÄÖ@", True, 1.5, [], {}, [[]], {"x": {"y": 1}}, [{"x": 1}])


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container of a tree with every key or position in it."""
    pairs = list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree)) if isinstance(tree, list) else []
    for key, value in pairs:
        yield tree, key
        yield from places(value)


@pytest.mark.parametrize("file", FILES)
def test_any_value_in_any_place_is_taken_or_named(file: str, tmp_path: Path) -> None:
    write_town(tmp_path)
    tree = tomllib.loads(FILES[file])
    outcomes = set()

    for container, key in list(places(tree)):
        kept = container[key]
        for replacement in REPLACEMENTS:
            container[key] = replacement
            outcomes.add(_outcome(tmp_path, file, tree))
        container[key] = kept

    assert outcomes == {"site", "faults"}


@pytest.mark.parametrize("file", FILES)
def test_any_key_left_out_is_defaulted_or_named(file: str, tmp_path: Path) -> None:
    write_town(tmp_path)
    count = sum(1 for _ in places(tomllib.loads(FILES[file])))

    outcomes = {_outcome_without(tmp_path, file, number) for number in range(count)}

    assert outcomes == {"site", "faults"}


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "text",
    [
        "a" + ".a" * 200_000 + " = 1",
        "[" + '"å". ' * 200_000 + "a]",
        "a = " + "{ b." * 200_000,
        "a = {" + "b.b.b.b.b.b.b.b.b.b = {" * 150 + "}" * 151,
        "a = " + "[" * 100_000,
    ],
    ids=["key", "quoted key", "key in a table", "tables in tables", "lists"],
)
def test_what_is_nested_too_deeply_is_named_at_once(text: str) -> None:
    [fault] = parse_bytes("rules.toml", text.encode(), folder.FILES["rules.toml"]).faults

    assert "is not TOML" in fault.wrong or "is not a setting here" in fault.wrong


def test_a_text_with_many_full_stops_is_no_key() -> None:
    text = '[[rules]]\nid = "r"\nwhy = "Vänta' + ". Sen kom mer, och mer" * 300 + '."\n'

    assert parse_bytes("rules.toml", text.encode(), folder.FILES["rules.toml"]).faults == ()


def _outcome_without(folder: Path, file: str, number: int) -> str:
    tree = tomllib.loads(FILES[file])
    container, key = list(places(tree))[number]
    del container[key]
    return _outcome(folder, file, tree)


def _outcome(folder: Path, file: str, tree: dict[str, Any]) -> str:
    (folder / file).write_text(tomli_w.dumps(tree), encoding="utf-8")
    try:
        load(folder)
    except SettingsFaults as error:
        return "faults" if error.faults else "nothing said"
    return "site"
