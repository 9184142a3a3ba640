"""Whatever is written into a settings file, what comes of it is a site or a list of faults."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from domain.errors import SettingsFaults
from settings.load import load
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
