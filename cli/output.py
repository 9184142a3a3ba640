"""Output: one object or JSON Lines for machines, plain text for people; errors with a sentence and an exit code."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from functools import wraps
from typing import Annotated, Any, ParamSpec

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from domain.errors import BadInput, SvarsvaktError
from domain.instant import STOCKHOLM
from store.failure import DatabaseFailed

#: Exit codes of the contract (design.md section 9).
FAILED = 1
BAD_INPUT = 2

#: Characters of a table's row that goes into a file or a pipe.
WIDEST = 1_000

P = ParamSpec("P")

JSON = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

#: Controls in what strangers wrote could move the cursor or colour the terminal; newline stays.
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

console = Console(highlight=False)


def print_object(value: Any) -> None:
    """Print one JSON object on one line, in ASCII where standard output cannot take every letter."""
    takes_all = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(value, ensure_ascii=not takes_all, default=as_json), flush=True)


def print_lines(values: Iterable[Any]) -> None:
    """Print JSON Lines."""
    for value in values:
        print_object(value)


def print_table(columns: tuple[str, ...], rows: Iterable[tuple[object, ...]], *, empty: str) -> None:
    """Print a table for people; the sentence `empty` when there are no rows."""
    rows = list(rows)
    if not rows:
        console.print(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=number == 0)
    for row in rows:
        table.add_row(*(Text("" if cell is None else printable(as_text(cell))) for cell in row))
    # What goes into a file or a pipe is not folded: one row is one line.
    (console if console.is_terminal else Console(highlight=False, width=WIDEST)).print(table)


def as_json(value: Any) -> Any:
    """Return what JSON has no form for: instants in local time with their offset, values as objects."""
    if isinstance(value, datetime):
        return value.astimezone(STOCKHOLM).isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def as_text(value: object) -> str:
    """Return how a person reads a value: local times without seconds."""
    if isinstance(value, datetime):
        return f"{value.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"
    return str(value)


def printable(text: str) -> str:
    r"""Return text that no longer moves the cursor, colours the terminal or turns the reading order.

    >>> printable("a\x1b[31mb")
    'a�[31mb'
    """
    return _CONTROLS.sub("\ufffd", text)


@contextmanager
def progress(doing: str, total: int, *, quiet: bool) -> Iterator[tuple[Console, Callable[..., None]]]:
    """Show on standard error how far a long command is; yield where its lines go, and what counts one more, or so many.

    Nothing is shown when standard error is no terminal, or when JSON goes to one.

    Args:
        doing: what it does, in a word.
        total: how many there are; 0: too few to show.
        quiet: its lines are JSON.
    """
    to_terminal = sys.stdout.isatty()
    bar = Progress(
        console=Console(stderr=True, highlight=False), transient=True, redirect_stdout=False, redirect_stderr=False,
        disable=not total or (quiet and to_terminal) or not sys.stderr.isatty(),
    )  # fmt: skip
    with bar:
        task = bar.add_task(doing, total=total or None)
        # Lines that would stand on the same terminal go above the bar, which only its own console knows to do.
        yield bar.console if to_terminal and not bar.disable else console, lambda count=1: bar.advance(task, count)


def complain(sentence: str) -> None:
    """Print a sentence that says what to do to standard error."""
    print(sentence, file=sys.stderr, flush=True)


def errors_to_exit_codes(command: Callable[P, None]) -> Callable[P, None]:
    """Let a command end with a sentence and the contract's exit code instead of a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except BadInput as error:
            complain(str(error))
            raise typer.Exit(BAD_INPUT) from error
        except SvarsvaktError as error:
            complain(str(error))
            raise typer.Exit(FAILED) from error
        except DatabaseFailed as error:
            complain(
                f"the database cannot be used ({first_line(error)}): see that it runs and may be written, and what "
                "SVARSVAKT_DATABASE names; without it, that the folder of SVARSVAKT_SITE exists"
            )
            raise typer.Exit(FAILED) from error
        except ExceptionGroup as several:  # each stands in the log
            for sentence in dict.fromkeys(str(error) or repr(error) for error in several.exceptions):
                complain(sentence)
            raise typer.Exit(FAILED) from several
        except BrokenPipeError:
            raise
        except OSError as error:
            complain(f"{error.filename or 'the system'}: {error.strerror or error}: see that it exists and may be used")
            raise typer.Exit(FAILED) from error

    return run


def first_line(error: Exception) -> str:
    """Return what an error says, without what its library adds below."""
    return str(error.__cause__ or error).strip().partition("\n")[0]
