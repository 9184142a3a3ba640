"""Configuration: init, check, activate, export."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer

from cli.output import FAILED, complain, console, errors_to_exit_codes, print_object
from cli.output import JSON as JSON
from cli.roots import activate_site, opened
from domain.account import Account, AccountStatus
from domain.errors import BadInput
from domain.open_time import local_date
from pipeline.wires import RealWires
from settings.environment import read_environment
from settings.export import to_toml
from settings.init import write_example
from settings.load import load
from settings.secrets import Secrets
from settings.warnings import warnings_of
from worker import SystemClock

#: Accounts that are tried at once.
AT_ONCE = 8


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (init, check, activate, export):
        app.command()(errors_to_exit_codes(command))


def init(
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")], as_json: JSON = False
) -> None:
    """Write an example site configuration to edit; every account starts in shadow."""
    written = write_example(folder)
    if as_json:
        print_object({"folder": str(folder), "files": sorted(path.name for path in written)})
        return
    for path in written:
        console.print(f"wrote {path}", markup=False, soft_wrap=True)
    said = f"\nNext: edit the files, then export SVARSVAKT_SITE={quote(str(folder.resolve()))} and run svarsvakt check"
    console.print(said, markup=False, soft_wrap=True)


def check(as_json: JSON = False) -> None:
    """Validate the configuration and try each account: name, TCP, TLS, token, sign-in, folder, permission."""
    environment = read_environment()
    site = load(environment.site_folder())
    for warning in warnings_of(site, local_date(SystemClock().now())):
        complain(f"⚠  {warning}")
    secrets = Secrets(os.environ, environment.secrets_folder())
    wires = RealWires(secrets.get, SystemClock(), secrets.keep)
    if not as_json:
        console.print("The configuration is right. Trying each account:")
    well = True
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for line in pool.map(lambda account: _checked(account, wires), site.accounts):
            well = well and line["ok"] is not False
            print_object(line) if as_json else console.print(_sentence(line), markup=False, soft_wrap=True)
    if not well:
        raise typer.Exit(FAILED)


def activate(folder: Annotated[Path, typer.Argument(help="The site folder.")], as_json: JSON = False) -> None:
    """Make a site configuration the one that every process works with."""
    site = load(folder)
    with opened() as root:
        changed = activate_site(root.runtime, site)
        digest = root.runtime.site.with_digest()[0]
    if as_json:
        print_object({"site": digest, "changed": changed})
    else:
        state = "active now" if changed else "was active already"
        console.print(f"{state}: {site.name} ({digest[:12]})", markup=False)


def export(
    folder: Annotated[
        Path | None, typer.Argument(help="Where to write the files; without it they are printed.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Also over files that are there.")] = False,
    as_json: JSON = False,
) -> None:
    """Write the active configuration back as TOML."""
    with opened() as root:
        files = to_toml(root.runtime.site())
    if folder is not None:
        _write(folder, files, overwrite=overwrite)
    if as_json:
        print_object(files)
    elif folder is None:
        for name, text in files.items():
            print(f"# {name}\n{text}")
    else:
        console.print(f"wrote {len(files)} files to {folder}", markup=False, soft_wrap=True)


def _write(folder: Path, files: Mapping[str, str], *, overwrite: bool) -> None:
    there = sorted(name for name in files if (folder / name).exists())
    if there and not overwrite:
        raise BadInput(
            f"{folder} already holds {', '.join(there)}, whose comments would be lost: name another folder, "
            "or say --overwrite"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _checked(account: Account, wires: RealWires) -> dict[str, Any]:
    line: dict[str, Any] = {
        "account": account.id, "address": account.address, "ok": None, "steps": [], "passed_over": None,
    }  # fmt: skip
    if account.status is AccountStatus.closed:
        return {**line, "passed_over": "it is closed"}
    try:
        probe = wires.probe(account)
    except BadInput as error:
        return {**line, "ok": False, "steps": [_step("sign_in", False, str(error))]}
    if probe is None:
        return {**line, "passed_over": "no connector is built or configured for it"}
    health = probe.probe()
    return {**line, "ok": health.ok, "steps": [_step(*step) for step in health.steps]}


def _step(name: str, ok: bool, sentence: str) -> dict[str, Any]:
    return {"step": name, "ok": ok, "sentence": sentence}


def _sentence(line: dict[str, Any]) -> str:
    if line["ok"] is None:
        return f"–  {line['account']}: passed over, {line['passed_over']}"
    if line["ok"]:
        return f"✓  {line['account']}: {', '.join(step['step'] for step in line['steps'])}"
    failed = next(step for step in line["steps"] if not step["ok"])
    return f"✗  {line['account']}: {failed['step']} failed. {failed['sentence']}"
