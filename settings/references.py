"""References: what names a unit, person, schedule or the like must name one that is there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from settings.faults import Fault, Path, nearest, place
from settings.folder import Folder

#: The kinds of things that are referred to: the files and tables that hold their ids.
KINDS = {
    "organisation": (("site.toml", "organisations"),),
    "unit": (("units.toml", "units"),),
    "person": (("units.toml", "people"), ("people.toml", "people")),
    "schedule": (("hours.toml", "schedules"),),
    "account": (("accounts.toml", "accounts"),),
    "category": (("categories.toml", "categories"),),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A place whose text is the id of something; `*` stands for any key or position."""

    file: str
    pattern: str
    kind: str


#: Every reference of every file. A pattern that ends in `*!` refers by the key itself.
REFERENCES = (
    Reference("site.toml", "contact_center", "unit"),
    Reference("site.toml", "organisations.*.escalation", "person"),
    Reference("site.toml", "duty.shifts.*.who", "person"),
    Reference("site.toml", "duty.shifts.*.who.*", "person"),
    Reference("site.toml", "identity.members.*.organisation", "organisation"),
    Reference("site.toml", "identity.members.*.units", "unit"),
    Reference("site.toml", "identity.members.*.units.*", "unit"),
    Reference("units.toml", "units.*.organisation", "organisation"),
    Reference("units.toml", "units.*.schedule", "schedule"),
    Reference("units.toml", "units.*.channel_schedules.*", "schedule"),
    Reference("site.toml", "watch.exceptions.*.account", "account"),
    Reference("units.toml", "units.*.manager", "person"),
    Reference("units.toml", "units.*.deputy", "person"),
    *(
        Reference(file, f"people.*.{key}", "person")
        for file in ("units.toml", "people.toml")
        for key in ("deputy", "absences.*.covered_by")
    ),
    Reference("service_levels.toml", "handling_times.*!", "category"),
    Reference("service_levels.toml", "handling_times.*.owner", "person"),
    Reference("accounts.toml", "accounts.*.organisation", "organisation"),
    Reference("accounts.toml", "accounts.*.unit", "unit"),
    Reference("accounts.toml", "accounts.*.schedule", "schedule"),
    Reference("accounts.toml", "accounts.*.manager", "person"),
    Reference("accounts.toml", "accounts.*.deputy", "person"),
    Reference("accounts.toml", "accounts.*.readers", "person"),
    Reference("accounts.toml", "accounts.*.readers.*", "person"),
    Reference("categories.toml", "categories.*.unit", "unit"),
    Reference("answers.toml", "phrases.*.categories", "category"),
    Reference("answers.toml", "phrases.*.categories.*", "category"),
    Reference("rules.toml", "rules.*.when.accounts", "account"),
    Reference("rules.toml", "rules.*.when.accounts.*", "account"),
    Reference("rules.toml", "rules.*.when.categories", "category"),
    Reference("rules.toml", "rules.*.when.categories.*", "category"),
    Reference("rules.toml", "rules.*.then.unit", "unit"),
)


def unknown_references(folder: Folder) -> list[Fault]:
    """Return a fault for every reference to something that is not there.

    It reads the raw TOML, so that a fault elsewhere in a table hides nothing. What refers to a file
    that could not be read is passed over: that file has a fault of its own.
    """
    faults = []
    for reference in REFERENCES:
        known = ids(folder, reference.kind)
        tree = _raw(folder, reference.file)
        if known is not None and tree is not None:
            faults += [
                _fault(reference, tree, path, id, known)
                for path, id in texts_at(tree, reference.pattern)
                if id not in known
            ]
    return faults


def ids(folder: Folder, kind: str) -> tuple[str, ...] | None:
    """Return every id of a kind, also of what has a fault; None when its file or table could not be read."""
    named: dict[str, Any] = {}
    for file, table in KINDS[kind]:
        tree = _raw(folder, file)
        inner = tree.get(table, {}) if tree is not None else None
        if not isinstance(inner, Mapping):
            return None
        named |= inner
    return tuple(named)


def texts_at(tree: Mapping[str, Any], pattern: str) -> Iterator[tuple[Path, str]]:
    """Yield the path and the text of everything in a raw file that fits the pattern and is text.

    >>> list(texts_at({"units": {"bygg": {"manager": "olle"}}}, "units.*.manager"))
    [(('units', 'bygg', 'manager'), 'olle')]
    """
    return _found(tree, tuple(pattern.split(".")))


def _raw(folder: Folder, file: str) -> Mapping[str, Any] | None:
    return next(each.raw for each in folder.files if each.file == file)


def _fault(reference: Reference, tree: Mapping[str, Any], path: Path, id: str, known: tuple[str, ...]) -> Fault:
    table, key = place(tree, path)
    return Fault(reference.file, table, key, f'there is no {reference.kind} "{id}"{nearest(id, known)}')


def _found(tree: Any, pattern: tuple[str, ...], path: Path = ()) -> Iterator[tuple[Path, str]]:
    if not pattern:
        if isinstance(tree, str):
            yield path, tree
        return
    step, rest = pattern[0], pattern[1:]
    if step == "*!" and isinstance(tree, Mapping):
        yield from (((*path, key), key) for key in tree)
    else:
        for key, value in _children(tree, step):
            yield from _found(value, rest, (*path, key))


def _children(tree: Any, step: str) -> list[tuple[str | int, Any]]:
    if isinstance(tree, Mapping):
        return [(key, value) for key, value in tree.items() if step in (key, "*")]
    if isinstance(tree, list) and step == "*":
        return list(enumerate(tree))
    return []
