"""Output: one object or JSON Lines for machines, plain text for people; errors with a sentence and an exit code."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec

import typer
from rich.console import Console
from rich.table import Table

from domain.errors import BadInput, NotBuilt, SvarsvaktError
from domain.instant import STOCKHOLM

#: Exit codes of the contract (design.md section 9).
FAILED = 1
BAD_INPUT = 2

P = ParamSpec("P")

console = Console(highlight=False)


def print_object(value: Any) -> None:
    """Print one JSON object on one line."""
    print(json.dumps(value, ensure_ascii=False, default=as_json), flush=True)


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
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else as_text(cell) for cell in row))
    console.print(table)


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
        except (NotBuilt, SvarsvaktError) as error:
            complain(str(error))
            raise typer.Exit(FAILED) from error

    return run
