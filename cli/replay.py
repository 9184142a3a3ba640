"""Replay: what other rules or categories would have decided about the messages of the last days."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cli.output import JSON, console, errors_to_exit_codes, print_object, printable, progress
from cli.roots import opened
from domain.rule_trial import Against, Difference, TrialChange
from pipeline.difference import HIDDEN
from pipeline.grouped import Group, grouped
from pipeline.replay import Asked, Changed, Replayed, plan, replay
from settings import canonical
from settings.candidate import load_candidate

#: So many ticket numbers of a group are shown; --json tells them all.
MOST_SHOWN = 12


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay")(errors_to_exit_codes(replay_messages))


def replay_messages(
    days: Annotated[int, typer.Option(min=1, max=3650, help="How many days back.")] = 30,
    rules: Annotated[Path | None, typer.Option(help="A rules.toml to try.")] = None,
    categories: Annotated[Path | None, typer.Option(help="A categories.toml to try.")] = None,
    against: Annotated[Against, typer.Option(help="Compare with what was decided then, or would be now.")] = (
        Against.then
    ),
    processes: Annotated[int | None, typer.Option(min=1, help="How many at once; without it all cores.")] = None,
    as_json: JSON = False,
) -> None:
    """Say what would be decided differently about stored messages; nothing is written."""
    with opened() as root:
        runtime = root.runtime
        active = runtime.site()
        candidate = load_candidate(active, rules=rules, categories=categories)
        asked = Asked(
            candidate=candidate,
            against=active if against is Against.active else None,
            since=runtime.now - timedelta(days=days),
        )
        started = monotonic()
        chunks = plan(runtime.database, asked.since)
        with progress("replaying", sum(chunk.count for chunk in chunks), quiet=False) as (_, advance):
            done = replay(runtime.database, asked, chunks, processes=processes, advance=advance)
    groups = grouped(_as_shown(each) for each in done.changed)
    line = {
        "days": days,
        "since": asked.since,
        "against": against,
        "rules": canonical.rules_digest(candidate),
        "site": canonical.digest(candidate),
        "messages": done.messages,
        "passed_over": done.passed_over,
        "changed": len(done.changed),
        "seconds": round(monotonic() - started, 1),
        "groups": [_group_line(each) for each in groups],
    }
    print_object(line) if as_json else _print(line, done, groups)


def _as_shown(changed: Changed) -> TrialChange:
    """Return a change as far as the operator may see it."""
    return replace(changed.whole, differences=changed.differences)


def _group_line(group: Group) -> dict[str, Any]:
    return {
        "what": group.difference.what,
        "before": group.difference.before or None,
        "after": group.difference.after or None,
        "count": group.count,
        "tickets": list(group.tickets),
        "messages": group.messages,
    }


def _print(line: dict[str, Any], done: Replayed, groups: list[Group]) -> None:
    compared = "was decided then" if line["against"] is Against.then else "the active configuration decides"
    console.print(
        f"{done.messages:,} messages of the last {line['days']} days, in {line['seconds']:.0f} s: "
        f"{len(done.changed):,} would be decided otherwise than {compared}.",
        soft_wrap=True,
    )
    if done.passed_over:
        console.print(f"{done.passed_over:,} were passed over: copies, and messages of accounts that are gone.")
    if not groups:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("what", no_wrap=True)
    table.add_column("change", overflow="fold")
    table.add_column("messages", justify="right")
    table.add_column("tickets", overflow="fold")
    for group in groups:
        table.add_row(group.difference.what, _change(group.difference), f"{group.count:,}", Text(_numbers(group)))
    console.print()
    console.print(table)


def _change(difference: Difference) -> Text:
    if difference.what == HIDDEN:
        return Text("in sensitive tickets: their unit can be asked")
    return Text(printable(f"{difference.before} → {difference.after}"))


def _numbers(group: Group) -> str:
    named = [*group.tickets, *(f"message {id}" for id in group.messages)]
    more = f" and {len(named) - MOST_SHOWN:,} more" if len(named) > MOST_SHOWN else ""
    return ", ".join(named[:MOST_SHOWN]) + more
