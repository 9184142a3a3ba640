"""Moving: the whole installation goes into another database."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from cli.output import JSON, complain, console, errors_to_exit_codes, print_object, progress
from domain.errors import BadInput
from settings.environment import read_environment
from store.database import Database
from store.moving import Moved, count_steps, move, prepare, unlimited


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(errors_to_exit_codes(move_store))


def move_store(
    to: Annotated[str, typer.Option(help="The URL of the database to move into: an empty one.")],
    from_: Annotated[str, typer.Option("--from", help="The URL to move from, if not SVARSVAKT_DATABASE.")] = "",
    as_json: JSON = False,
) -> None:
    """Move everything into another database, from SQLite to PostgreSQL or back, and check that it arrived."""
    started = monotonic()
    with _opened(from_ or read_environment().database_url()) as source, _opened(to) as target:
        _refuse_no_file(source)
        prepare(source, target)
        with progress("moving", count_steps(source), quiet=as_json) as (_, advance):
            moved = move(source, target, advance)
        _tell(source, target, moved, monotonic() - started, as_json)


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    with closing(unlimited(url)) as database:
        yield database


def _refuse_no_file(source: Database) -> None:
    """Refuse a file that does not exist: SQLite would make an empty one."""
    path = source.engine.url.database
    if source.is_sqlite and not (path and Path(path).is_file()):
        raise BadInput(f"there is no file {path}: name the database to move from with --from")


def _tell(source: Database, target: Database, moved: Moved, seconds: float, as_json: bool) -> None:
    for fault in moved.chain.faults:
        complain(f"as in the old database: {fault}")
    if as_json:
        tables = {name: {"rows": each.rows, "digest": each.digest} for name, each in moved.tables.items()}
        chain = {"sealed": moved.chain.sealed, "unsealed": moved.chain.unsealed, "faults": list(moved.chain.faults)}
        print_object(
            {"from": source.shown, "to": target.shown, "rows": moved.rows, "tables": tables, "events": chain,
             "seconds": round(seconds, 1)}
        )  # fmt: skip
        return
    console.print(
        f"{moved.rows} rows of {len(moved.tables)} tables moved in {seconds:.0f} s; counts and digests agree, and "
        f"{'the chain of events holds' if not moved.chain.faults else 'so do the faults of the chain of events'}.\n"
        f"Now set SVARSVAKT_DATABASE={target.shown} (with its password) wherever a command runs, start Svarsvakt, and "
        "put the old database away: whoever started it again would answer everybody twice.",
        markup=False,
        soft_wrap=True,
    )
