"""Candidate: other rules or categories within a configuration that is whole, checked against the rest of it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from domain.errors import BadInput, SettingsFaults
from domain.site import Site
from settings.checks import cross_faults
from settings.export import to_trees
from settings.faults import Fault
from settings.folder import FILES, Folder
from settings.parsed import Parsed, parse, parse_bytes, parse_tree
from settings.reply_files import rules_name_texts

RULES, CATEGORIES = "rules.toml", "categories.toml"


def files_of(folder: Path) -> tuple[Path, Path | None]:
    """Return the rules of a folder, and its categories if it has any.

    Raises:
        BadInput: there is no such folder, or it has no rules.
    """
    rules, categories = folder / RULES, folder / CATEGORIES
    if not rules.is_file():
        raise BadInput(f"{folder} has no {RULES}: name a folder that holds one, and {CATEGORIES} if that changes too")
    return rules, categories if categories.is_file() else None


def load_candidate(site: Site, *, rules: Path | None = None, categories: Path | None = None) -> Site:
    """Return the configuration with the rules or categories of these files in place of its own.

    Raises:
        SettingsFaults: everything that is wrong in them or between them and the rest, one sentence each.
    """
    given = {name: path for name, path in ((RULES, rules), (CATEGORIES, categories)) if path is not None}
    parsed = {name: _read(name, path) for name, path in given.items()}
    return _laid_in(site, parsed, {name: str(path) for name, path in given.items()})


def candidate_of(site: Site, given: Mapping[str, bytes]) -> Site:
    """Return the configuration with what these files hold, by their names, in place of its own.

    Raises:
        SettingsFaults: as `load_candidate`.
    """
    return _laid_in(site, {name: parse_bytes(name, content, FILES[name]) for name, content in given.items()}, {})


def _laid_in(site: Site, given: dict[str, Parsed[Any]], called: Mapping[str, str]) -> Site:
    """Return the configuration with these files in place of its own; `called`: what faults call them."""
    active = {name: parse_tree(name, tree, FILES[name]) for name, tree in to_trees(site).items()}
    folder = _folder({**active, **given})
    # What an earlier release let pass in the rest must not stand in the way of new rules.
    old = set(_faults(_folder(active), site))
    faults = [fault for fault in _faults(folder, site) if fault not in old]
    if faults:
        raise SettingsFaults(tuple(dict.fromkeys(str(_where(fault, called)) for fault in faults)))
    assert folder.rules.value is not None, "rules without a fault have a value"
    assert folder.categories.value is not None, "categories without a fault have a value"
    return replace(
        site,
        rules=folder.rules.value.to_domain() if RULES in given else site.rules,
        categories=folder.categories.value.to_domain() if CATEGORIES in given else site.categories,
    )


def _folder(files: dict[str, Parsed[Any]]) -> Folder:
    return Folder(**{name.removesuffix(".toml"): each for name, each in files.items()})


def _faults(folder: Folder, site: Site) -> list[Fault]:
    within = [fault for each in folder.files for fault in each.faults]
    return within + cross_faults(folder) + rules_name_texts(folder, site.reply_texts)


def _read(name: str, path: Path) -> Parsed[Any]:
    read = parse(path, FILES[name])
    # The checks know the files by their own names, whatever these two are called.
    return replace(read, file=name, faults=tuple(replace(fault, file=name) for fault in read.faults))


def _where(fault: Fault, called: Mapping[str, str]) -> Fault:
    """Return the fault as one of the file that was given."""
    return replace(fault, file=called.get(fault.file, fault.file))
