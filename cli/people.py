"""People: read an export of the staff register into the settings."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import JSON, console, errors_to_exit_codes, print_object
from domain.open_time import local_date
from settings.environment import read_environment
from settings.folder import Folder, read_folder
from settings.load import load
from settings.people_import import FILE, PeopleImport, import_people
from settings.tabular import decode
from worker import SystemClock


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True)
    group.command("import")(errors_to_exit_codes(import_register))
    app.add_typer(group, name="people", help="The people of the staff register.")


def import_register(
    file: Annotated[Path, typer.Argument(help="The export: CSV, LDIF, or a SCIM 2.0 list in JSON.")],
    everybody: Annotated[bool, typer.Option("--all", help="Also people whom the settings do not name.")] = False,
    complete: Annotated[
        bool, typer.Option("--complete", help="The export lists everybody: who is missing has left.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written.")] = False,
    as_json: JSON = False,
) -> None:
    """Write people.toml from an export of the staff register: names, last days, absences, who stands in."""
    folder = read_environment().site_folder()
    found = import_people(
        sound_folder(folder), decode(file.read_bytes()), local_date(SystemClock().now()), everybody=everybody,
        is_complete=complete,
    )  # fmt: skip
    if not dry_run:
        (folder / FILE).write_text(found.text, encoding="utf-8")
    if as_json:
        print_object(
            {"added": found.added, "changed": found.changed, "missing": found.missing,
             "passed_over": found.passed_over, "written": not dry_run}
        )  # fmt: skip
        return
    if dry_run:
        print(found.text)
    _say(found, folder / FILE, dry_run=dry_run, complete=complete)


def sound_folder(path: Path) -> Folder:
    """Return the settings of a site folder. Raises SettingsFaults when they have any, BadInput when there are none."""
    load(path)
    return read_folder(path)


def _say(found: PeopleImport, path: Path, *, dry_run: bool, complete: bool) -> None:
    written = "nothing is written" if dry_run else f"wrote {path}"
    said = f"{len(found.added)} new, {len(found.changed)} changed, {found.passed_over} passed over; {written}"
    console.print(said, markup=False, soft_wrap=True)
    if found.missing:
        so = "they have left" if complete else "they stay as they are; --complete says that they have left"
        console.print(f"Not in the export: {', '.join(found.missing)}: {so}", markup=False, soft_wrap=True)
    if not dry_run:
        console.print("Next: svarsvakt check, then svarsvakt activate, or start svarsvakt run anew", soft_wrap=True)
