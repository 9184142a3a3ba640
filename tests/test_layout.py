"""The layout: every top-level package is under the import contracts, and none shadows the standard library."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

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


#: What triage must not reach: the clock, chance, files, the network, processes, and whatever remembers.
IMPURE = {
    "asyncio", "http", "importlib.metadata", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets",
    "shelve", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip


def test_triage_is_pure() -> None:
    """Values in, decision out: it imports nothing that has effects, and never asks what time it is."""
    reached: list[str] = []
    for path in sorted((ROOT / "triage").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                reached += [f"{path.name}: {name.name}" for name in node.names if name.name.split(".")[0] in IMPURE]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in IMPURE:
                reached.append(f"{path.name}: {node.module}")
            elif isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}:
                if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}:
                    reached.append(f"{path.name}: {node.value.id}.{node.attr}")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                reached += [f"{path.name}: {node.func.id}"] if node.func.id in {"open", "print", "exec", "eval"} else []

    assert reached == []


@pytest.mark.parametrize("line", ["import store.messages", "import settings.load", "import socket"])
def test_the_import_contracts_bite_when_triage_reaches_out(tmp_path: Path, line: str) -> None:
    packages = top_level_packages() - APART
    for package in packages:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "locale"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "triage" / "reaching_out.py").write_text(f"{line}\n", encoding="utf-8")

    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=tmp_path, capture_output=True,
        text=True, timeout=120, env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip

    assert done.returncode == 1, done.stdout + done.stderr
    assert "triage.reaching_out" in done.stdout
