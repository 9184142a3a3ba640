"""Resources: the JSON objects in which providers describe a message."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from intake.characters import one_line
from intake.received import instant

#: A message of either provider is below 100 kB.
MOST_RESOURCE_BYTES = 1_000_000
#: Fields kept as headers, for rules and for whoever asks why.
MOST_FIELDS = 100
LONGEST_FIELD = 1_000

Resource = dict[str, Any]


def read_resource(original: bytes) -> Resource:
    """Return the JSON object.

    Raises:
        ValueError: it is too large, not JSON, or not an object.
    """
    if len(original) > MOST_RESOURCE_BYTES:
        raise ValueError("too large")
    resource = json.loads(original.decode("utf-8-sig"))
    if not isinstance(resource, dict):
        raise ValueError("not an object")
    return resource


def text_field(resource: Any, name: str) -> str:
    """Return a field that is text or a whole number, as text; empty when it is anything else."""
    value = resource.get(name) if isinstance(resource, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)


def as_headers(resource: Resource) -> tuple[tuple[str, str], ...]:
    """Return the simple fields as headers, those of inner objects with a dot: `from.id`."""
    fields = ((one_line(name, 100).lower(), one_line(value, LONGEST_FIELD)) for name, value in _fields(resource))
    return tuple(pair for pair, _ in zip(fields, range(MOST_FIELDS), strict=False))


def _fields(resource: Resource) -> Iterator[tuple[str, str]]:
    for name, value in resource.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", text) for inner in value if (text := _simple(value[inner])) is not None)
        elif (text := _simple(value)) is not None:
            yield name, text


def _simple(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def time_field(resource: Resource, name: str) -> datetime | None:
    """Return a time in UTC, in RFC 2822 or ISO 8601 form; None when it is missing or makes no sense."""
    value = text_field(resource, name)
    return _iso(value) or instant(value)


def _iso(value: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(value[:60])
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
