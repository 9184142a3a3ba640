"""Faults: what is wrong in the settings, one sentence each, with the nearest right name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from settings.fields import FORMS, SAFE_NAME

#: Where a value stands: keys of tables and, in lists, positions from 0.
Path = tuple[str | int, ...]

#: What is said of a key that must stand there.
MISSING = "is missing"
#: What is said of a table, list or text that must hold something.
EMPTY = "must not be empty"

#: Keys that somebody would put a secret under.
_SECRET_KEYS = ("password", "passwd", "pass", "losenord", "lösenord", "token", "api_key", "auth_token")

#: pydantic's error types, in words that help whoever writes the settings.
_SENTENCES = {
    "missing": MISSING,
    "string_type": "must be text in quotes",
    "string_too_short": EMPTY,
    "too_short": EMPTY,
    "int_type": "must be a whole number without quotes",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number without quotes",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false, without quotes",
    "bool_parsing": "must be true or false, without quotes",
    "date_type": "must be a date without quotes, such as 2026-12-24",
    "date_parsing": "must be a date, such as 2026-12-24",
    "date_from_datetime_inexact": "must be a date without a time, such as 2026-12-24",
    "date_from_datetime_parsing": "must be a date, such as 2026-12-24",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "tuple_type": "must be a list",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where."""

    file: str
    table: str
    key: str
    wrong: str

    def __str__(self) -> str:
        """Return the fault as one sentence: file, table, key, what is wrong."""
        where = " ".join(part for part in (self.file, self.table and f"[{self.table}]", self.key) if part)
        return f"{where}: {self.wrong}{'' if self.wrong.endswith('?') else '.'}"


def nearest(wrong: str, right: Iterable[str]) -> str:
    """Return what to write instead, as the end of a sentence.

    >>> nearest("gta", ["gata", "bygg"])
    '; did you mean "gata"?'
    """
    names = list(dict.fromkeys(right))
    by_lower = {name.lower(): name for name in names}
    close = get_close_matches(wrong.lower(), by_lower, n=1, cutoff=0.6)
    if close:
        return f'; did you mean "{by_lower[close[0]]}"?'
    return f"; there is {', '.join(sorted(names)[:12])}{', …' if len(names) > 12 else ''}" if names else ""


def faults_of(file: str, model: type[BaseModel], raw: Mapping[str, Any], error: ValidationError) -> list[Fault]:
    """Return every fault that the validation of a file found."""
    errors = error.errors()
    return [_fault(file, model, raw, each) for each in errors if not _is_echo(each, errors)]


def _is_echo(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Ask whether a list is called too short only because of the faults within it."""
    loc = error["loc"]
    return error["type"] == "too_short" and any(
        len(each["loc"]) > len(loc) and each["loc"][: len(loc)] == loc for each in errors
    )


def place(raw: Mapping[str, Any], path: Path) -> tuple[str, str]:
    """Return the table and the key of a path; a list's entry is named by its number from 1 and its id.

    >>> place({"rules": [{"id": "akut", "then": {}}]}, ("rules", 0, "then", "unit"))
    ('rules no. 1 "akut".then', 'unit')
    """
    names: list[str] = []
    table_ends = 0
    value: Any = raw
    for step in path:
        if isinstance(step, int) and not isinstance(value, list):
            continue  # a single value stands where a list may
        value = _inside(value, step)
        if isinstance(step, int) and names:
            id = value.get("id") if isinstance(value, Mapping) else None
            names[-1] += f" no. {step + 1}" + (f' "{id}"' if isinstance(id, str) else "")
        else:
            names.append(str(step))
        if isinstance(value, Mapping):
            table_ends = len(names)
    return ".".join(names[:table_ends]), ".".join(names[table_ends:])


def _inside(value: Any, step: str | int) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    return value[step] if isinstance(value, list) and isinstance(step, int) else None


def _fault(file: str, model: type[BaseModel], raw: Mapping[str, Any], error: ErrorDetails) -> Fault:
    path = tuple(step for step in error["loc"] if step != "[key]")
    if error["type"] == "extra_forbidden":
        table, _ = place(raw, path[:-1])
        key = str(path[-1])
        return Fault(file, table, key, _unknown_key(key, keys_at(model, path[:-1])))
    table, key = place(raw, path)
    return Fault(file, table, key, _sentence(error))


def _unknown_key(key: str, right: Sequence[str]) -> str:
    if key.lower() in _SECRET_KEYS:
        return (
            "is not a setting: no secret stands in these files; "
            'name it with secret = "…" and keep it in the environment or the secrets folder'
        )
    return f"is not a setting here{nearest(key, right)}"


def _sentence(error: ErrorDetails) -> str:
    kind, given = error["type"], error["input"]
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == "enum":
        allowed = [word.strip(" '") for word in error["ctx"]["expected"].replace(" or ", ", ").split(",")]
        return f"{given!r} is not one of {', '.join(allowed)}{_meant(str(given), allowed)}"
    if kind == "string_pattern_mismatch":
        return _wrong_form(error["ctx"]["pattern"], given)
    if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        message = error["msg"].removeprefix("Input should be ")
        return f"{given!r} must be {message}"
    return f"{given!r} cannot be used: {error['msg']}"


def _meant(wrong: str, right: Sequence[str]) -> str:
    close = get_close_matches(wrong.lower(), right, n=1)
    return f'; did you mean "{close[0]}"?' if close else ""


def _wrong_form(pattern: str, given: object) -> str:
    form = FORMS[pattern]
    return f"is not {form}" if pattern == SAFE_NAME else f"{given!r} is not {form}"


def keys_at(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """Return the keys that may stand in the table at a path; none where anything may."""
    found: Any = model
    for step in path:
        found = _bare(_step_into(found, step))
    return tuple(found.model_fields) if _is_model(found) else ()


def _step_into(annotation: Any, step: str | int) -> Any:
    if _is_model(annotation):
        field = annotation.model_fields.get(str(step))
        return field.annotation if field else None
    inside = get_args(annotation)
    if get_origin(annotation) is dict:
        return inside[1]
    return inside[0] if inside else None


def _bare(annotation: Any) -> Any:
    """Take the wrapping of `Annotated[X, …]` and `X | None` off."""
    if get_origin(annotation) in (Annotated, Union, UnionType):
        return _bare(get_args(annotation)[0])
    return annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
