"""Configuration: init, check, activate, export."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import FAILED, console, errors_to_exit_codes, print_lines, print_object
from cli.output import JSON as JSON
from cli.roots import activate_site, opened
from domain.account import Account
from domain.finding import Health
from domain.site import Site
from pipeline.wires import RealWires
from settings.environment import read_environment
from settings.export import to_toml
from settings.init import write_example
from settings.load import load
from settings.secrets import Secrets


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
        console.print(f"wrote {path}")
    console.print(f"\nNext: edit the files, then [bold]export SVARSVAKT_SITE={folder}[/bold] and run svarsvakt check")


def check(as_json: JSON = False) -> None:
    """Validate the configuration and try each account: name, TCP, TLS, sign-in, folder, permission."""
    import os

    from worker import SystemClock

    environment = read_environment()
    site = load(environment.site_folder())
    wires = RealWires(Secrets(os.environ, environment.secrets_folder()).get, SystemClock())
    lines = [_checked(site, account, wires) for account in site.accounts]
    if as_json:
        print_lines(lines)
    else:
        _print_checked(lines)
    if any(line["ok"] is False for line in lines):
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
        console.print(f"{'active now' if changed else 'was active already'}: {site.name} ({digest[:12]})")


def export(
    folder: Annotated[
        Path | None, typer.Argument(help="Where to write the files; without it they are printed.")
    ] = None,
    as_json: JSON = False,
) -> None:
    """Write the active configuration back as TOML."""
    with opened() as root:
        files = to_toml(root.runtime.site())
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    if as_json:
        print_object(files)
    elif folder is None:
        for name, text in files.items():
            print(f"# {name}\n{text}")
    else:
        console.print(f"wrote {len(files)} files to {folder}")


def _checked(site: Site, account: Account, wires: RealWires) -> dict[str, object]:
    line: dict[str, object] = {"account": account.id, "address": account.address}
    try:
        probe = wires.probe(account)
    except Exception as error:
        return {**line, "ok": False, "steps": [{"step": "sign_in", "ok": False, "sentence": str(error)}]}
    if probe is None:
        return {**line, "ok": None, "steps": [], "passed_over": "no connector is built or configured for it"}
    return {**line, **_steps(probe.probe())}


def _steps(health: Health) -> dict[str, object]:
    return {
        "ok": health.ok,
        "steps": [{"step": step, "ok": ok, "sentence": sentence} for step, ok, sentence in health.steps],
    }


def _print_checked(lines: list[dict[str, object]]) -> None:
    console.print("The configuration is right.")
    for line in lines:
        steps = line["steps"]
        assert isinstance(steps, list)
        if line["ok"] is None:
            console.print(f"–  {line['account']}: passed over, {line['passed_over']}")
        elif line["ok"]:
            console.print(f"✓  {line['account']}: {', '.join(str(step['step']) for step in steps)}")
        else:
            failed = next(step for step in steps if not step["ok"])
            console.print(f"✗  {line['account']}: {failed['step']} failed. {failed['sentence']}", markup=False)
