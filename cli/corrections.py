"""Corrections: what people changed of decisions, for whoever mends the rules."""

from datetime import timedelta
from typing import Annotated, Any

import typer

from cli.output import JSON, errors_to_exit_codes, print_lines, print_table
from cli.roots import opened
from domain.viewer import OPERATOR
from store.corrections import StoredCorrection, list_corrections


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(errors_to_exit_codes(corrections))


def corrections(
    days: Annotated[int, typer.Option(min=1, help="How far back.")] = 30,
    as_json: JSON = False,
) -> None:
    """List what people changed of decisions: unit and category before and after; none of a sensitive ticket."""
    with opened() as root:
        since = root.runtime.now - timedelta(days=days)
        with root.runtime.database.read() as connection:
            lines = [_line(each) for each in list_corrections(connection, OPERATOR, since=since, limit=10_000)]
    if as_json:
        print_lines(lines)
        return
    columns = ("ticket", "at", "by", "was_unit", "unit", "was_category", "category", "rules", "reason", "why")
    rows = (tuple(str(line[key]) for key in columns) for line in lines)
    print_table(columns, rows, empty="Nothing was corrected.")


def _line(stored: StoredCorrection) -> dict[str, Any]:
    correction = stored.correction
    rules = [each["id"] for each in stored.explanation.get("rules", ()) if each.get("hit")]
    return {
        "ticket": stored.number,
        "at": correction.at.isoformat(),
        "by": correction.by,
        "was_unit": correction.was_unit,
        "unit": correction.unit,
        "was_category": correction.was_category,
        "category": correction.category,
        "why": correction.why,
        "reason": correction.reason or "",
        "rules": rules,
        "score": stored.explanation.get("score"),
    }
