"""The documentation is whole: commands, variables, values, links, decisions, templates; no machine's paths."""

import inspect
import os
import re
import subprocess
import tomllib
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

import jinja2
import pytest
import typer.main

from cli.main import app
from domain.account import Channel
from domain.failed_step import FAILED_STEPS
from domain.reply_syntax import faults_of
from domain.reply_template import SLOTS, ReplyTemplate, Slot
from settings.environment import variables
from settings.init import write_example
from settings.load import load

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATING = (DOCS / "operating.md").read_text(encoding="utf-8")
REFERENCE = (DOCS / "reference.md").read_text(encoding="utf-8")
MAIL_SERVERS = (DOCS / "mail-servers.md").read_text(encoding="utf-8")
TEMPLATES = (DOCS / "templates.md").read_text(encoding="utf-8")
PROMISES_AND_TESTS = (DOCS / "promises-and-tests.md").read_text(encoding="utf-8")
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])

COMMAND_LINE = typer.main.get_command(app)

#: Values that only the code meets: they stand in no setting, output or page.
INNER = {"Scope", "Found", "Family", "Step", "StepKind"}


def commands(group: Any, above: str = "svarsvakt") -> list[str]:
    """Return every command in full, those of groups too."""
    found: list[str] = []
    for name, command in group.commands.items():
        if getattr(command, "invoke_without_command", False):
            found.append(f"{above} {name}")
        found += commands(command, f"{above} {name}") if hasattr(command, "commands") else [f"{above} {name}"]
    return found


def enums() -> list[type[StrEnum]]:
    """Return every StrEnum of the domain that a user meets."""
    modules = (import_module(f"domain.{path.stem}") for path in sorted((ROOT / "domain").glob("[a-z]*.py")))
    found = {value for module in modules for value in vars(module).values() if inspect.isclass(value)}
    ours = (each for each in found if issubclass(each, StrEnum) and each is not StrEnum)
    return sorted((each for each in ours if each.__name__ not in INNER), key=lambda each: each.__name__)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in os.fsdecode(listed).split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("command", commands(COMMAND_LINE))
def test_every_command_stands_in_the_table_of_commands(command: str) -> None:
    assert re.search(rf"^\| `{command}[ `\[]", OPERATING, re.MULTILINE), f"docs/operating.md does not name {command}"


def test_no_command_is_documented_that_does_not_exist() -> None:
    known = commands(COMMAND_LINE)
    quoted = re.sub(r"[^`]*(`[^`]*`|$)", r"\1 ", OPERATING)
    named = re.findall(
        r"\bsvarsvakt ((?:user |log |rules |templates |tickets |suppressed |people |accounts )?[a-z]+(?:-[a-z]+)*)",
        quoted,
    )

    assert {f"svarsvakt {name}" for name in named} <= set(known)


@pytest.mark.parametrize("variable", [*variables(), "SVARSVAKT_SECRET_NAME"])
def test_every_variable_of_the_environment_stands_in_operating(variable: str) -> None:
    assert f"`{variable}`" in OPERATING


@pytest.mark.parametrize(
    "value", [each for enum in enums() for each in enum], ids=lambda value: f"{type(value).__name__}.{value}"
)
def test_every_value_that_a_user_meets_stands_in_the_reference(value: StrEnum) -> None:
    assert re.search(rf"^\| `{value}` \| \S", REFERENCE, re.MULTILINE), f"docs/reference.md does not name {value!r}"


def test_the_reference_names_no_value_that_does_not_exist() -> None:
    known = {str(value) for enum in enums() for value in enum}
    named = re.findall(r"^\| `(\w+)` \| \S", re.sub(r"^.*\n\|---.*", "", REFERENCE, flags=re.MULTILINE), re.MULTILINE)

    assert set(named) <= known


def test_every_page_and_decision_stands_in_the_index() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    named = {(DOCS / target).resolve() for target in re.findall(r"\]\(([^)#]+)\)", index)}

    assert named == {page for page in PAGES if DOCS in page.parents} - {DOCS / "README.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    for target in re.findall(r"\]\((?!https?:|mailto:)([^)]+)\)", text):
        file, _, place = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), f"{target} does not exist"
        if place:
            assert place in headings(there), f"{target}: no such heading"


def headings(page: Path) -> set[str]:
    """Return the anchors of a page as they are made of its headings."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_of_ours_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    for name in re.findall(r"`((?:[a-z_]+/)+[\w\-.]*|[a-z_]+\.(?:py|md))`", text):
        if name.split("/")[0] not in {"secrets", "site"}:
            assert (ROOT / name).exists() or (page.parent / name).exists(), f"{name} does not exist"


def test_the_readme_shows_the_two_commands() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    shown = re.search(r"```sh\n(make .*?)```", README, re.DOTALL)

    assert shown is not None
    assert [line.split()[1] for line in shown[1].splitlines()] == ["run", "test"]
    for target in re.findall(r"\bmake ([a-z]+)", README):
        assert f"\n{target}:" in makefile


def test_the_readmes_account_loads_in_a_fresh_site_folder(tmp_path: Path) -> None:
    write_example(tmp_path / "site")
    assert "echo > site/rules.toml" in README
    [shown] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    block = re.sub(r"^   ", "", shown, flags=re.MULTILINE)
    accounts = tmp_path / "site" / "accounts.toml"
    accounts.write_text(block, encoding="utf-8")
    (tmp_path / "site" / "rules.toml").write_text("\n", encoding="utf-8")

    site = load(tmp_path / "site")

    [account] = site.accounts
    assert account.imap is not None
    assert account.imap.secret in tomllib.loads(block)["accounts"][account.id]["imap"]["secret"]
    assert f"SVARSVAKT_SECRET_{account.imap.secret.upper().replace('-', '_')}" in README
    assert f"secrets/{account.imap.secret}" in README
    assert account.auto_reply == "shadow"


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", MAIL_SERVERS, re.DOTALL))
def test_every_account_of_mail_servers_loads_in_a_fresh_site_folder(tmp_path: Path, block: str) -> None:
    write_example(tmp_path / "site")
    (tmp_path / "site" / "accounts.toml").write_text(block, encoding="utf-8")
    (tmp_path / "site" / "rules.toml").write_text("\n", encoding="utf-8")

    [account] = load(tmp_path / "site").accounts

    assert account.imap is not None
    assert bool(account.imap.secret) != bool(account.imap.oauth)


def test_every_step_of_the_way_stands_in_mail_servers() -> None:
    named = re.findall(r"^\| `(\w+)` \| \S", MAIL_SERVERS, re.MULTILINE)

    assert set(named) == set(FAILED_STEPS) - {"protocol", "busy", "down", "page"}


def test_every_step_of_the_way_to_twilio_stands_in_sms() -> None:
    named = re.findall(r"^\| `(\w+)` \| \S", (DOCS / "sms.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert set(FAILED_STEPS) - {"token", "folder", "quota", "page"} <= set(named)


def test_every_step_of_the_way_to_a_page_stands_in_facebook() -> None:
    named = re.findall(r"^\| `(\w+)` \| \S", (DOCS / "facebook.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert set(named) == set(FAILED_STEPS) - {"sign_in", "folder", "quota"}


def test_every_slot_stands_in_the_page_on_templates_as_the_code_has_it() -> None:
    rows = re.findall(r"^\| `(\w+)` (○ )?\| (.+?) \| `(.+)` \|$", TEMPLATES, re.MULTILINE)

    told = {name: Slot(meaning=meaning, example=example, optional=bool(mark)) for name, mark, meaning, example in rows}

    assert told == SLOTS


def test_the_text_that_the_page_on_templates_shows_can_be_sent() -> None:
    [shown] = re.findall(r"```text\n(.*?)```", TEMPLATES, re.DOTALL)

    assert faults_of(ReplyTemplate(channel=Channel.email, name="receipt", language="sv", source=shown)) == ()


def defended_by() -> dict[str, list[str]]:
    """Return the tests that the table names for each promise."""
    named: dict[str, list[str]] = {}
    for promise, test in re.findall(r"^\| (P\d+) \|[^|]*\| (.*) \|$", PROMISES_AND_TESTS, re.MULTILINE):
        named.setdefault(promise, []).append(test)
    return named


def test_every_promise_is_defended_by_a_test() -> None:
    assert list(defended_by()) == [f"P{number}" for number in range(1, 15)]


@pytest.mark.parametrize("test", sorted({test for tests in defended_by().values() for test in tests}))
def test_a_test_that_defends_a_promise_exists(test: str) -> None:
    named = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)`", test)

    assert named, f"{test} names no test"
    assert re.search(rf"^def {named[2]}\(", (ROOT / named[1]).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("template", sorted((ROOT / "templates").rglob("*.*")), ids=lambda path: path.name)
def test_every_template_compiles_and_lets_no_value_be_missing(template: Path) -> None:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=True, extensions=["jinja2.ext.i18n"])

    environment.parse(template.read_text(encoding="utf-8"))


def test_no_tracked_file_holds_a_path_of_a_machine() -> None:
    # Put together here, so that this file does not hold what it looks for.
    places = re.compile(
        rb"(?<![\w/.\-])(" + b"|".join([b"/wor" + b"k/", b"/roo" + b"t/", b"/Use" + b"rs/", b"/hom" + b"e/"]) + b")"
    )

    found = {str(path.relative_to(ROOT)): match[1] for path in tracked() if (match := places.search(path.read_bytes()))}

    assert found == {}
