"""The command line in this process: no network, a database and a site in a temporary folder."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import output
from cli.main import app
from store.database import Database


@dataclass(frozen=True)
class Ran:
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> Any:
        """The one JSON object on standard output."""
        [line] = self.lines
        return line

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give a function that runs a command; nothing of ours is set in the environment."""
    for name in ("SITE", "DATABASE", "BROKER", "SECRETS", "WEB__HOST", "WEB__PORT", "WEB__HOSTS"):
        monkeypatch.delenv(f"SVARSVAKT_{name}", raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    # Rich keeps the width that stood in the environment when the console was made, by whichever test came first.
    monkeypatch.setattr(output.console, "_width", None)

    def ran(*arguments: object, typed: str | None = None) -> Ran:
        result = CliRunner().invoke(app, [str(each) for each in arguments], input=typed)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    return ran


@pytest.fixture
def shared(embedded: Database, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Give a database that the command line reads too."""
    monkeypatch.setenv("SVARSVAKT_SITE", str(tmp_path))
    monkeypatch.setenv("SVARSVAKT_DATABASE", embedded.url)
    return embedded


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a site folder with tables and an active configuration, to be copied: making one takes half a second."""
    folder = tmp_path_factory.mktemp("installation") / "site"
    environment = {"SVARSVAKT_SITE": str(folder)}
    for arguments in (["init", str(folder)], ["migrate"], ["activate", str(folder)]):
        assert CliRunner().invoke(app, arguments, env=environment).exit_code == 0
    return folder


@pytest.fixture
def site_folder(installation: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a site folder as `init` wrote it, named by SVARSVAKT_SITE; nothing is installed yet."""
    folder = tmp_path / "site"
    shutil.copytree(installation, folder, ignore=shutil.ignore_patterns("*.sqlite3*"))
    monkeypatch.setenv("SVARSVAKT_SITE", str(folder))
    return folder


@pytest.fixture
def installed(installation: Path, site_folder: Path) -> Path:
    """Give the site folder of an installation with tables and an active configuration."""
    shutil.copytree(installation, site_folder, dirs_exist_ok=True)
    return site_folder
