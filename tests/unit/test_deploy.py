"""What stands in deploy/ is sound: units that systemd takes and that are shut in, and a compose file by its schema."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from cli.main import app
from settings.environment import variables
from tests.services.programs import need
from tests.test_docs import commands

pytestmark = pytest.mark.timeout(60)

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
INSTALLED = "/opt/svarsvakt/.venv/bin/svarsvakt"

#: By systemd's own measure, from 0 (shut in) to 100.
MOST_EXPOSED = 20


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the units as if Svarsvakt were installed where these tests run."""
    folder = tmp_path_factory.mktemp("units")
    common = folder / "svarsvakt-.service.d"
    common.mkdir()
    for path in (DEPLOY / "systemd").rglob("*.*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8").replace(INSTALLED, str(Path(sys.executable).with_name("svarsvakt")))
            (folder / path.relative_to(DEPLOY / "systemd")).write_text(text, encoding="utf-8")
    return folder


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = need("systemd-analyze")
    environment = {**os.environ, "SYSTEMD_LOG_LEVEL": "warning"}
    return subprocess.run(
        [program, *arguments], capture_output=True, text=True, timeout=50, check=False, env=environment
    )


def test_systemd_takes_every_unit(units: Path) -> None:
    files = [str(path).replace("@.service", "@1.service") for path in sorted(units.glob("*.service"))]
    (units / "svarsvakt-worker@1.service").write_text((units / "svarsvakt-worker@.service").read_text())

    done = analyze("verify", "--man=no", "--recursive-errors=no", *files)

    of_ours = [line for line in done.stderr.splitlines() if "svarsvakt" in line]
    assert (done.returncode, of_ours) == (0, [])


@pytest.mark.parametrize("unit", [path.name for path in UNITS])
def test_every_unit_is_shut_in(units: Path, unit: str) -> None:
    text = (units / unit).read_text() + (units / "svarsvakt-.service.d" / "10-common.conf").read_text()
    alone = units / f"alone-{unit.replace('@', '-')}"
    alone.write_text(text, encoding="utf-8")

    done = analyze("security", "--no-pager", "--offline=yes", f"--threshold={MOST_EXPOSED}", str(alone))

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_every_unit_runs_a_command_that_exists() -> None:
    known = {each.removeprefix("svarsvakt ") for each in commands_of_ours()}

    called = {re.search(rf"^ExecStart={INSTALLED} ([a-z]+)", path.read_text(), re.MULTILINE)[1] for path in UNITS}  # type: ignore[index]

    assert called == {"run", "worker", "scheduler", "listen", "web"}
    assert called <= known


def test_the_example_of_the_environment_names_variables_that_exist() -> None:
    text = (DEPLOY / "systemd" / "environment").read_text(encoding="utf-8")

    assert set(re.findall(r"^#?(SVARSVAKT_\w+)=", text, re.MULTILINE)) <= set(variables())


def test_the_compose_file_keeps_to_its_schema() -> None:
    program = str(Path(sys.executable).with_name("check-jsonschema"))

    done = subprocess.run(
        [program, "--builtin-schema", "vendor.compose-spec", str(DEPLOY / "compose.yaml")],
        capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_compose_file_runs_commands_and_sets_variables_that_exist() -> None:
    composed = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    known = {each.removeprefix("svarsvakt ") for each in commands_of_ours()}
    ours = {name: each for name, each in composed["services"].items() if each["image"] == "svarsvakt"}

    assert {each["command"][0] for each in ours.values()} == {"migrate", "web", "worker", "scheduler", "listen"}
    assert {each["command"][0] for each in ours.values()} <= known
    assert {name for each in ours.values() for name in each["environment"]} <= set(variables())


def test_no_secret_and_no_site_of_an_installation_goes_into_the_image() -> None:
    composed = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    beside = {each.split(":")[0] for each in composed["x-svarsvakt"]["volumes"]}

    left_out = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()

    assert beside == {"./site", "./secrets"}
    assert {each.replace("./", "deploy/") for each in beside} <= set(left_out)


def test_the_database_counts_as_healthy_only_once_others_can_reach_it() -> None:
    composed = YAML(typ="safe").load(DEPLOY / "compose.yaml")

    assert "--host" in composed["services"]["postgres"]["healthcheck"]["test"]


def test_the_units_that_the_documentation_starts_and_stops_exist() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8").replace("\\\n", " ")
    named = {
        each for line in re.findall(r"^systemctl .*", text, re.MULTILINE) for each in re.findall(r"svarsvakt\S*", line)
    }

    assert named
    assert {re.sub(r"@\d+$", "@", each) for each in named} <= {path.stem for path in UNITS}


def commands_of_ours() -> list[str]:
    import typer.main

    return commands(typer.main.get_command(app))
