"""The layout: every top-level package is under the import contracts, and none shadows the standard library."""

import ast
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent

#: Packages that are no part of the running product.
APART = {"tests", "bench", "fuzz"}


def top_level_packages() -> set[str]:
    return {path.parent.name for path in ROOT.glob("*/__init__.py")}


def test_every_top_level_package_is_under_the_import_contracts() -> None:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    under = set(configuration["tool"]["importlinter"]["root_packages"])

    assert top_level_packages() - APART == under


def test_only_the_composition_roots_import_the_worker() -> None:
    """The import contracts know packages only; `worker.py` is a module that the customer fixed."""
    importing = {
        path.parent.name
        for package in top_level_packages() - APART
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and any(name.name == "worker" for name in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "worker")
    }

    assert importing <= {"cli"}


def test_no_top_level_package_shadows_the_standard_library() -> None:
    assert top_level_packages() & sys.stdlib_module_names == set()


def test_no_file_has_a_name_that_says_nothing() -> None:
    refused = {"utils", "helpers", "common", "manager", "handler", "data", "info", "process", "base"}

    named = {path.stem for package in top_level_packages() - APART for path in (ROOT / package).rglob("*.py")}

    assert named & refused == set()


def test_what_the_customer_fixed_stands_on_the_top_level() -> None:
    for name in ("connectors", "triage", "templates", "worker.py", "settings", "tests", "pyproject.toml"):
        assert (ROOT / name).exists(), f"{name} is missing"
