"""Explained: one decision as a short table for a person."""

from typing import Any

from rich.table import Table
from rich.text import Text

from cli.output import console


def print_explained(line: dict[str, Any]) -> None:
    """Print what `explain --json` holds, in words."""
    console.rule(str(line["file"]), align="left", style="dim")
    if line["error"] is not None:
        console.print(line["error"], style="red", markup=False)
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _rows(line):
        table.add_row(name, Text(value))
    console.print(table)


def _rows(line: dict[str, Any]) -> list[tuple[str, str]]:
    reply = line["automatic_reply"]
    return [
        ("from", f"{line['sender'] or 'nobody that can be read'}, {line['arrived_at']}"),
        ("subject", line["subject"]),
        ("language", line["language"]),
        ("category", f"{line['category']} ({line['score']:.1f}), {line['type']}, {line['urgency']}, {line['secrecy']}"),
        ("unit", line["unit"]),
        ("notice due", line["notice_due_at"] or "no clock runs"),
        ("answer due", line["answer_due_at"] or "no clock runs"),
        ("reply", f"{reply['template']} in {reply['language']} to {reply['to']}" if reply["send"] else "none"),
        *[("", f"{reason['row']}: {reason['matched']}") for reason in reply["reasons"]],
        *[("rule", _rule(rule)) for rule in line["rules"]],
        *[("defect", defect) for defect in line["defects"]],
    ]


def _rule(rule: dict[str, Any]) -> str:
    if rule["hit"]:
        return f"{rule['id']}: hit, {', '.join(rule['matched']) or 'asks nothing'}"
    return f"{rule['id']}: missed, {rule['failed']}"
