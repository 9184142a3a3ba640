"""Backup: a copy of the store, and what makes a copy that was put back go on without sending anything twice."""

import getpass
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.local_time import instant_of, local_text
from cli.output import JSON, console, errors_to_exit_codes, print_object
from cli.roots import opened
from domain.errors import BadInput
from pipeline.restored import go_on_from_copy, mark_as_copy
from store.at_work import who_is_at_work
from store.backup import copy_into, put_in_place
from store.database import Database


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(errors_to_exit_codes(backup))
    app.command()(errors_to_exit_codes(restored))


def backup(
    file: Annotated[Path, typer.Argument(help="The new file; started in place of the database it goes on from here.")],
    as_json: JSON = False,
) -> None:
    """Copy the SQLite database into a new file while it is in use."""
    made = file.with_name(f"{file.name}.part")
    if file.exists():
        raise BadInput(f"{file} exists: name a new file")
    made.unlink(missing_ok=True)
    with opened() as root:
        copy_into(root.runtime.database, made)
    with closing(Database(f"sqlite:///{made}")) as copy:
        mark_as_copy(copy)
    put_in_place(made, file)
    size_bytes = file.stat().st_size
    if as_json:
        print_object({"file": str(file), "size_bytes": size_bytes})
    else:
        console.print(f"{file} holds all of it: {size_bytes / 1_000_000:.1f} MB.", markup=False, soft_wrap=True)


def restored(
    stopped_at: Annotated[
        str, typer.Option(help="Since when the lost machine sends nothing more, for sure; else now.")
    ] = "",
    as_json: JSON = False,
) -> None:
    """Say that the database is a copy that was put back: what the lost machine may have sent is asked about first."""
    with opened() as root:
        database, now = root.runtime.database, root.runtime.now
        since = instant_of(stopped_at) if stopped_at else now
        _refuse(since, now, who_is_at_work(database))
        actor = f"operator {getpass.getuser()}"
        in_doubt = go_on_from_copy(database, root.runtime.site(), stopped_at=since, actor=actor, now=now)
    if as_json:
        print_object({"stopped_at": since, "in_doubt": in_doubt})
    else:
        console.print(
            f"{in_doubt} sends are asked about first, and so is every automatic reply to what came before "
            f"{local_text(since)}. Start Svarsvakt now.",
            soft_wrap=True,
        )


def _refuse(since: datetime, now: datetime, at_work: tuple[str, ...]) -> None:
    if since > now:
        raise BadInput("--stopped-at lies ahead: name when the lost machine stopped")
    if at_work:
        raise BadInput(
            f"somebody works in the database ({', '.join(at_work)}): stop every process, wait half a minute, and "
            "say it before anything is started"
        )
