"""Tables: the figures as a person reads them, and as JSON."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.end_to_end.figures import Drained, Figures, Waited
from domain.account import Channel

#: The columns of what people waited.
CHANNELS = (Channel.email, Channel.sms, Channel.facebook)


def print_tables(console: Console, figures: Figures) -> None:
    """Print what was measured."""
    console.print(_drained(figures.drained))
    if figures.waited:
        console.print(_waited(figures))
    if figures.grown:
        console.print(_grown(figures.grown))
    for each in figures.filled:
        console.print(
            f"{each.name}: filled with {each.messages:,} messages in {each.seconds:.0f} s, {each.size_mb:,.0f} MB"
        )


def write_json(path: Path, figures: Figures) -> None:
    """Write what was measured."""
    path.write_text(json.dumps(asdict(figures), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def bare_each_second(drained: Iterable[Drained]) -> float:
    """Return the bare loop's messages a second, on average over its runs; 0: it did not run."""
    rates = [each.each_second for each in drained if each.name == "bare loop"]
    return sum(rates) / len(rates) if rates else 0.0


def _drained(drained: Sequence[Drained]) -> Table:
    table = _table(
        "A full mailbox: ticket stored and reply accepted by SMTP (goal: at least 0.6 of the bare loop)",
        ("", "mails", "mails/s", "bare = 1", "django = 1", "CPU ms", "peak MB", "load"),
    )
    bare = bare_each_second(drained)
    others = next((each.each_second for each in drained if each.name == "django-helpdesk"), 0.0)
    for each in drained:
        table.add_row(
            each.name, f"{each.messages:,}", f"{each.each_second:.0f}", _ratio(each.each_second, bare),
            _ratio(each.each_second, others), f"{each.cpu_ms:.2f}", f"{each.peak_mb:.0f}", f"{each.load:.1f}",
        )  # fmt: skip
    return table


def _waited(figures: Figures) -> Table:
    table = _table(
        "From arrival to accepted reply, p50/p95/p99 in seconds (goal of p99 at 20/s: e-mail under 5, SMS under 10)",
        ("", "each second", *CHANNELS, "load"),
    )
    runs: dict[tuple[str, float], dict[Channel, Waited]] = {}
    for each in figures.waited:
        runs.setdefault((each.name, each.each_second), {})[each.channel] = each
    for (name, each_second), found in runs.items():
        load = max(each.load for each in found.values())
        table.add_row(name, f"{each_second:g}", *(_percentiles(found.get(one)) for one in CHANNELS), f"{load:.1f}")
    return table


def _percentiles(waited: Waited | None) -> str:
    return f"{waited.p50:.1f}/{waited.p95:.1f}/{waited.p99:.1f}" if waited else "–"


def _grown(grown: Sequence[Drained]) -> Table:
    table = _table(
        "What a message costs by how many are stored (flat: 1)",
        ("", "stored", "mails/s", "CPU ms", "of the emptiest", "load"),
    )
    for each in grown:
        emptiest = min((one for one in grown if one.name == each.name), key=lambda one: one.stored)
        table.add_row(
            each.name, f"{each.stored:,}", f"{each.each_second:.0f}", f"{each.cpu_ms:.2f}",
            _ratio(each.cpu_ms, emptiest.cpu_ms), f"{each.load:.1f}",
        )  # fmt: skip
    return table


def _table(title: str, columns: Sequence[str]) -> Table:
    table = Table(title=title)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=not number)
    return table


def _ratio(part: float, whole: float) -> str:
    return f"{part / whole:.2f}" if whole else "–"
