"""Configuration: init, activate, export."""

from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from cli.output import JSON as JSON
from cli.output import console, errors_to_exit_codes, print_object
from cli.roots import activate_site, opened
from domain.errors import BadInput
from settings.export import to_toml
from settings.init import write_example
from settings.load import load


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (init, activate, export):
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
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="")
