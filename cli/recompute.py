"""Recompute: count the due times of open tickets anew, because somebody decided to."""

from typing import Annotated

import typer

from cli.local_time import local_text
from cli.output import JSON, complain, errors_to_exit_codes, print_object, progress
from cli.roots import opened
from domain.category import Secrecy
from pipeline.recompute import Move, Recomputed, count_to_recompute
from pipeline.recompute import recompute as count_anew


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(errors_to_exit_codes(recompute))


def recompute(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would move; write nothing.")] = False,
    as_json: JSON = False,
) -> None:
    """Count what is promised on open tickets anew, by the hours of now; nothing else ever moves a promise."""
    counted = moved = 0
    with opened() as root:
        total = count_to_recompute(root.runtime)
        with progress("counting", total, quiet=as_json) as (console, advance):
            for each in count_anew(root.runtime, dry_run=dry_run):
                advance()
                counted += 1
                moved += each.moves
                if each.problem:
                    complain(f"{each.ticket.number} stays as it is: {each.problem}")
                elif each.moves and as_json:
                    print_object(_as_object(each))
                elif each.moves:
                    console.print(_sentence(each), markup=False, soft_wrap=True)
            if not as_json:
                verb = "would move" if dry_run else "moved"
                console.print(f"{moved} of {counted} open tickets {verb}.", markup=False)


def _as_object(each: Recomputed) -> dict[str, object]:
    """Return the line for machines; of a sensitive ticket only number and unit."""
    line: dict[str, object] = {"ticket": each.ticket.number, "unit": each.ticket.unit}
    if each.ticket.secrecy is Secrecy.SK2:
        return line
    return {
        **line,
        "notice_due_at": _both(each.notice),
        "answer_due_at": _both(each.answer),
        "calendar": {"old": each.ticket.calendar, "new": each.calendar},
        "told": each.told,
    }


def _both(move: Move | None) -> dict[str, object] | None:
    return None if move is None else {"old": move.old, "new": move.new}


def _sentence(each: Recomputed) -> str:
    said = f"{each.ticket.number}  {each.ticket.unit}"
    if each.ticket.secrecy is Secrecy.SK2:
        return said
    for which, move in (("notice", each.notice), ("answer", each.answer)):
        if move is not None:
            said += f"  {which} {local_text(move.old)} → {local_text(move.new)}"
    return f"{said}  (the citizen has been told a time)" if each.told else said
