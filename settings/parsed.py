"""Parsed files: TOML read and validated, with what is usable kept beside what is wrong."""

import copy
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, Generic, TypeVar

import re2
from pydantic import ValidationError

from settings.faults import EMPTY, MISSING, Fault, Path, faults_of
from settings.fields import Table

Model = TypeVar("Model", bound=Table)
ReadModel = TypeVar("ReadModel", bound=Table, covariant=True)

TOO_DEEP = "is not TOML: it is nested too deeply"

#: A key of so many parts that only an attack has it: the library's time and memory grow with their square.
_LONG_KEY = re2.compile(r"""((?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){100}""")


@dataclass(frozen=True)
class Parsed(Generic[ReadModel]):
    """One settings file after reading."""

    file: str
    #: The TOML as it stands; None when it could not be read at all.
    raw: Mapping[str, Any] | None
    #: The model of everything in it that is right; None when too little is.
    value: ReadModel | None
    faults: tuple[Fault, ...]

    def is_whole(self, table: str) -> bool:
        """Ask whether nothing was wrong in a table, so that what it lacks was meant to be left out."""
        return not any(fault.table == table or fault.table.startswith(f"{table}.") for fault in self.faults)


def parse(path: FilePath, model: type[Model]) -> Parsed[Model]:
    """Read and validate one file; whatever is wrong becomes a fault, nothing is raised."""
    try:
        return parse_bytes(path.name, path.read_bytes(), model)
    except FileNotFoundError:
        return _unreadable(path.name, "the file is missing")
    except OSError as error:
        return _unreadable(path.name, f"the file cannot be read ({error.strerror})")


def parse_bytes(file: str, content: bytes, model: type[Model]) -> Parsed[Model]:
    """Validate what a file holds; whatever is wrong becomes a fault, nothing is raised."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        if _LONG_KEY.search(text):
            return _unreadable(file, TOO_DEEP)
        return _validated(file, tomllib.loads(text), model)
    except UnicodeDecodeError as error:
        return _unreadable(file, f"the file is not UTF-8 (byte {error.start}): save it as UTF-8")
    except tomllib.TOMLDecodeError as error:
        return _unreadable(file, f"is not TOML: {error}")
    except RecursionError:
        return _unreadable(file, TOO_DEEP)


def parse_tree(file: str, tree: dict[str, Any], model: type[Model]) -> Parsed[Model]:
    """Validate what a file would hold."""
    return _validated(file, tree, model)


def _unreadable(file: str, wrong: str) -> Parsed[Any]:
    return Parsed(file, None, None, (Fault(file, "", "", wrong),))


def _validated(file: str, raw: dict[str, Any], model: type[Model]) -> Parsed[Model]:
    """Validate, and on faults validate what remains without them, so that the other checks see it too."""
    faults: list[Fault] = []
    rest = copy.deepcopy(raw)
    while True:
        try:
            return Parsed(file, raw, model.model_validate(rest), tuple(faults))
        except ValidationError as error:
            faults += _news(faults, faults_of(file, model, rest, error))
            culprits = {_culprit(each["loc"], each["type"]) for each in error.errors()}
            removed = [_remove(rest, path) for path in sorted(culprits, key=_in_order, reverse=True)]
            if () in culprits or not any(removed):
                return Parsed(file, raw, None, tuple(faults))


def _news(known: list[Fault], found: list[Fault]) -> list[Fault]:
    """Return what a further round found; what is missing then, may be so because we took it out."""
    return [each for each in found if not (known and each.wrong in (MISSING, EMPTY))]


def _culprit(path: Path, kind: str) -> Path:
    """Return what must go for the rest to be valid: the value, or the table that lacks one."""
    clean = tuple(step for step in path if step != "[key]")
    return clean[:-1] if kind == "missing" else clean


def _in_order(path: Path) -> tuple[tuple[int, int, str], ...]:
    return tuple((1, step, "") if isinstance(step, int) else (0, 0, step) for step in path)


def _remove(tree: Any, path: Path) -> bool:
    """Take out what stands at the path, or the nearest thing around it; False when nothing does."""
    parents = [tree]
    for step in path[:-1]:
        inside = parents[-1]
        if not _holds(inside, step):
            break
        parents.append(inside[step])
    for parent, step in reversed(list(zip(parents, path, strict=False))):
        if _holds(parent, step):
            del parent[step]
            return True
    return False


def _holds(tree: Any, step: str | int) -> bool:
    if isinstance(tree, dict):
        return step in tree
    return isinstance(tree, list) and isinstance(step, int) and step < len(tree)
