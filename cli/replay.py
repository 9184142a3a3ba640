"""Replay: what other rules or categories would have decided about the messages of the last days."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cli.output import JSON, console, errors_to_exit_codes, print_object, printable, progress
from cli.roots import opened
from domain.ids import MessageId
from pipeline.difference import COMPARED, HIDDEN, Difference
from pipeline.replay import Asked, Changed, Replayed, plan, replay
from settings import canonical
from settings.candidate import load_candidate

#: So many ticket numbers of a group are shown; --json tells them all.
MOST_SHOWN = 12


class Against(StrEnum):
    """What the candidate is compared with."""

    #: What was decided when the messages came.
    then = "then"
    #: What the active configuration would decide about them.
    active = "active"


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
    groups = grouped(done.changed)
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


@dataclass(slots=True)
class Group:
    """Messages of which the same thing would be otherwise in the same way."""

    difference: Difference
    count: int = 0
    #: Ticket numbers, each once, in order.
    tickets: dict[str, None] = field(default_factory=dict)
    #: Messages without a ticket.
    messages: list[MessageId] = field(default_factory=list)


def grouped(changed: Iterable[Changed]) -> list[Group]:
    """Return the changes by what changes, the largest groups of each first."""
    groups: dict[Difference, Group] = {}
    for each in changed:
        for difference in each.differences:
            group = groups.setdefault(difference, Group(difference))
            group.count += 1
            if each.number is None:
                group.messages.append(each.message)
            else:
                group.tickets[each.number] = None
    order = defaultdict(lambda: len(COMPARED), {what: place for place, what in enumerate(COMPARED)})
    return sorted(groups.values(), key=lambda group: (order[group.difference.what], -group.count, group.difference))


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
