"""docs/settings.md names every key of every model, with its true default and an example that works."""

import json
import re
import tomllib
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from settings.environment import variables
from settings.export import plain
from settings.folder import FILES
from settings.service_levels_file import LevelTable

DOC = (Path(__file__).parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(?P<key>\w+)` \| `?(?P<default>.*?)`? \| `(?P<example>.*?)` \| (?P<text>.+) \|$", re.MULTILINE)


def table_in(annotation: Any) -> tuple[type[BaseModel], str] | None:
    """Return the model within an annotation and what names it there: nothing, or the key of a dict."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    if get_origin(annotation) is dict:
        key, value = get_args(annotation)
        found = table_in(value)
        name = ".LANG" if "{2,3}" in str(key) else ".ID"
        return (found[0], name) if found else None
    if get_origin(annotation) in (Annotated, Union, UnionType, tuple):
        return table_in(get_args(annotation)[0])
    return None


def tables(model: type[BaseModel], name: str = "") -> dict[str, type[BaseModel]]:
    """Return every table of a file by the name that its heading gives it."""
    if model is LevelTable:
        return {"CHANNEL.TIER": model}
    found = {name: model}
    for key, field in model.model_fields.items():
        inner = table_in(field.annotation)
        if inner is not None:
            found |= tables(inner[0], f"{name}.{key}{inner[1]}".lstrip("."))
    return found


def default_text(field: FieldInfo) -> str:
    """Return a field's default as TOML writes it."""
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True)
    return "none" if default is None else json.dumps(plain(default), ensure_ascii=False)


def section(file: str, table: str) -> str:
    """Return the text under a table's heading, or under the file's own."""
    of_file = DOC.split(f"\n## {file}\n")[1].split("\n## ")[0]
    if not table:
        return of_file.split("\n### ")[0]
    assert f"\n### `[{table}]`\n" in of_file, f"{file} [{table}] has no heading in docs/settings.md"
    return of_file.split(f"\n### `[{table}]`\n")[1].split("\n### ")[0]


def keys_of(file: str, table: str, model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the keys of a table that are not tables themselves."""
    return {key: field for key, field in model.model_fields.items() if table_in(field.annotation) is None}


EVERY_KEY = [
    pytest.param(file, table, key, field, id=f"{file} [{table}] {key}")
    for file, model in FILES.items()
    for table, inner in tables(model).items()
    for key, field in keys_of(file, table, inner).items()
]


@pytest.mark.parametrize(("file", "table", "key", "field"), EVERY_KEY)
def test_every_key_is_documented_with_its_default_and_an_example(
    file: str, table: str, key: str, field: FieldInfo
) -> None:
    rows = {row["key"]: row for row in ROW.finditer(section(file, table))}

    assert key in rows
    assert rows[key]["default"] == default_text(field)
    given = tomllib.loads(f"example = {rows[key]['example']}")["example"]
    kind: Any = Annotated[field.annotation, key, *field.metadata]
    assert TypeAdapter(kind).validate_python(given) is not None


def test_no_key_is_documented_that_does_not_exist() -> None:
    documented = {
        (file, table, row["key"])
        for file, model in FILES.items()
        for table in tables(model)
        if table == "" or f"### `[{table}]`" in DOC.split(f"\n## {file}\n")[1].split("\n## ")[0]
        for row in ROW.finditer(section(file, table))
    }

    assert documented == {tuple(param.values[:3]) for param in EVERY_KEY}


def test_every_variable_of_the_environment_is_documented() -> None:
    documented = re.findall(r"^\| `(SVARSVAKT_\w+)` \|", DOC, re.MULTILINE)

    assert tuple(documented) == variables()
