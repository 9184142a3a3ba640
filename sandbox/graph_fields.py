"""The `fields` of a Graph request: what it asks for, how much of it, and the same cut out of a resource.

Source: Meta's guide to field expansion: `id,comments.filter(stream).limit(10){id,message}`.
"""

import re
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r"\s*([a-z_0-9]+)((?:\.[a-z_]+\([^()]*\))*)\s*")
_MODIFIER = re.compile(r"\.([a-z_]+)\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One field that is asked for."""

    name: str
    modifiers: dict[str, str] = field(default_factory=dict)
    fields: "tuple[Wanted, ...]" = ()


def read_fields(text: str) -> tuple[Wanted, ...]:
    """Return the fields that a request asks for.

    Raises:
        ValueError: it cannot be understood.

    >>> [each.name for each in read_fields("id,from{id,name},comments.limit(2){id}")]
    ['id', 'from', 'comments']
    """
    wanted, rest = _read(text)
    if rest:
        raise ValueError(f"Syntax error at: {rest[:40]}")
    return wanted


def _read(text: str) -> tuple[tuple[Wanted, ...], str]:
    found: list[Wanted] = []
    while text and not text.startswith("}"):
        token = _TOKEN.match(text)
        if token is None:
            raise ValueError(f"Syntax error at: {text[:40]}")
        text = text[token.end() :]
        inner: tuple[Wanted, ...] = ()
        if text.startswith("{"):
            inner, text = _read(text[1:])
            if not text.startswith("}"):
                raise ValueError("Syntax error: a bracket is not closed")
            text = text[1:]
        found.append(Wanted(token[1], dict(_MODIFIER.findall(token[2])), inner))
        text = text.lstrip().removeprefix(",")
    return tuple(found), text


def cut(resource: dict[str, Any], wanted: tuple[Wanted, ...]) -> dict[str, Any]:
    """Return what was asked for of a resource; its id always comes along."""
    shown = {each.name: _inner(resource[each.name], each.fields) for each in wanted if each.name in resource}
    return {**shown, "id": resource["id"]} if "id" in resource else shown


def _inner(value: Any, wanted: tuple[Wanted, ...]) -> Any:
    if not wanted or not isinstance(value, dict):
        return value
    if isinstance(value.get("data"), list):
        return {**value, "data": [cut(each, wanted) for each in value["data"]]}
    return cut(value, wanted)
