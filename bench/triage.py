"""Triage: how often category and language are right on labelled messages, and how long a message takes.

A message is right when its category is the label or one of `also_ok`; unclear when it goes to a person unsorted
although it has a label; else wrong. Which messages the words and examples were made with stands in
tests/messages/README.md: only figures on the others say anything of quality.

    python -m bench triage               every set, then the speed
    python -m bench.triage FILE…         other labelled files, JSON Lines
    python -m bench.triage --missed      and what was not right, of the sets that may be read
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from bench.labelled import EXAMPLE, MESSAGES, Labelled, Outcome, language_group, macro_f1, outcome, read, share
from domain.category import Category
from domain.site import Site, TriageSettings
from settings.load import load
from triage.categories import classify
from triage.language import guess_language
from triage.signals import signals

Result = TypeVar("Result")

#: How many times each message is timed.
ROUNDS = 3

#: n: messages; recall: of the safety classes; false: safety alarms among the others; lang: of sv, fi, en and other.
COLUMNS: dict[str, Callable[[Sequence[Outcome]], str]] = {
    "n": lambda part: str(len(part)),
    "right": lambda part: _percent([each.right for each in part]),
    "wrong": lambda part: _percent([each.wrong for each in part]),
    "unclear": lambda part: _percent([each.unclear for each in part]),
    "F1": lambda part: f"{100 * macro_f1(part):.1f}",
    "recall": lambda part: _percent([each.alarmed for each in part if each.is_danger]),
    "false": lambda part: _percent([each.false_alarm for each in part if not each.is_danger]),
    "lang": lambda part: _percent([language_group(each.language.code) == each.labelled.group for each in part]),
    "U": lambda part: _percent([each.about.urgency == each.labelled.urgency for each in part if each.labelled.urgency]),
    "SK": lambda part: _percent(
        [each.about.secrecy == each.labelled.secrecy for each in part if each.labelled.secrecy]
    ),
}


@dataclass(frozen=True, slots=True)
class Part:
    """Messages that are measured together."""

    name: str
    #: True: the words and examples were made with them.
    known: bool
    messages: tuple[Labelled, ...]


def parts() -> list[Part]:
    """Return the sets of tests/messages/, those first that the words and examples were made with."""
    labelled = read()
    return [
        Part("labelled 2/3", True, tuple(each for each in labelled if not each.kept)),
        Part("own", True, tuple(read(MESSAGES / "own.jsonl"))),
        Part("everyday", True, tuple(read(MESSAGES / "everyday.jsonl"))),
        Part("indirect", True, tuple(read(MESSAGES / "indirect.jsonl"))),
        Part("dev2", True, tuple(read(MESSAGES / "dev2.jsonl"))),
        Part("blind", True, tuple(read(MESSAGES / "blind.jsonl"))),
        Part("dev3", True, tuple(read(MESSAGES / "dev3.jsonl"))),
        Part("labelled 1/3", False, tuple(each for each in labelled if each.kept)),
        Part("measuring", False, tuple(read(MESSAGES / "measuring.jsonl"))),
        Part("last", False, tuple(read(MESSAGES / "last.jsonl"))),
        Part("blind2", False, tuple(read(MESSAGES / "blind2.jsonl"))),
        Part("blind3", False, tuple(read(MESSAGES / "blind3.jsonl"))),
        Part("fresh2", False, tuple(read(MESSAGES / "fresh2.jsonl"))),
        Part("fresh3", False, tuple(read(MESSAGES / "fresh3.jsonl"))),
    ]


def run(console: Console) -> None:
    """Print the figures of every set, of those kept for measuring also by language and channel, and the speed."""
    site = load(EXAMPLE)
    measured = [(part, _outcomes(part.messages, site)) for part in parts()]
    table = _table("by set, in percent (* known to the words and examples)")
    for part, outcomes in measured:
        _row(table, part.name + (" *" if part.known else ""), outcomes)
    console.print(table)
    fresh = [each for part, outcomes in measured if not part.known for each in outcomes]
    console.print(_by("kept for measuring by language, in percent", fresh, lambda each: each.labelled.group))
    console.print(
        _by("kept for measuring by channel, in percent", fresh, lambda each: str(each.labelled.message.channel))
    )
    console.print(speed([message for part, _ in measured for message in part.messages], site))


def speed(messages: Sequence[Labelled], site: Site) -> Table:
    """Return the time of a message, language and category apart, and of making the words ready."""
    words = sum(len(category.words) + len(category.not_words) for category in site.categories)
    examples = sum(len(category.examples) for category in site.categories)
    table = Table(title=f"milliseconds a message, {words:,} words and {examples:,} examples")
    for column in ("step", "median", "slowest"):
        table.add_column(column, justify="left" if column == "step" else "right")
    once, _ = _timed(lambda: signals((*site.categories[:-1], site.categories[-1])))
    steps: dict[str, list[float]] = {"language": [], "category": []}
    for each in [each for _ in range(ROUNDS) for each in messages]:
        took, guess = _timed(partial(guess_language, each.message.text, site.triage))
        steps["language"].append(took)
        took, _ = _timed(partial(classify, each.message, guess, site.categories, site.triage))
        steps["category"].append(took)
    for name, times in steps.items():
        table.add_row(name, f"{median(times):.2f}", f"{max(times):.1f}")
    table.add_row("making words and examples ready, once", f"{once:,.0f}", "")
    return table


def missed(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print every message that was not right, with the words that led there."""
    for each in outcomes:
        if each.right:
            continue
        message = each.labelled.message
        words = "; ".join(f"{match.found} <{match.pattern}> {match.score}" for match in each.about.matched[:6])
        others = ", ".join(f"{id} {score}" for id, score in each.about.others[:4])
        text = " ".join(f"{message.subject} | {message.text}".split())
        told = f"{each.labelled.id} {each.labelled.category} → {each.about.category} {each.about.score} ({words})"
        console.print(f"\n{told}\n   others {others}; language {each.language.code}\n   {text[:400]}", markup=False)


def main() -> None:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser(description="Measure triage on labelled messages.")
    parser.add_argument("files", nargs="*", type=Path, help="other labelled files, JSON Lines")
    parser.add_argument("--missed", action="store_true", help="print what was not right, of what may be read")
    options = parser.parse_args()
    console = Console(soft_wrap=True)
    if not options.files:
        run(console)
    site = load(EXAMPLE)
    named = [Part(path.name, True, tuple(read(path))) for path in options.files]
    for part in named or [part for part in parts() if part.known and options.missed]:
        outcomes = _outcomes(part.messages, site)
        if options.files:
            console.print(_by(part.name, outcomes, lambda each: each.labelled.group))
        if options.missed:
            missed(console, outcomes)


def _outcomes(messages: Sequence[Labelled], site: Site) -> list[Outcome]:
    categories: tuple[Category, ...] = site.categories
    settings: TriageSettings = site.triage
    return [outcome(each, categories, settings) for each in messages]


def _by(title: str, outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> Table:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        groups[key(each)].append(each)
    table = _table(title)
    for name, group in sorted(groups.items()):
        _row(table, name, group)
    _row(table, "all", outcomes)
    return table


def _table(title: str) -> Table:
    table = Table(title=title, box=None, padding=(0, 0, 0, 1), pad_edge=False)
    table.add_column("", no_wrap=True)
    for column in COLUMNS:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _row(table: Table, name: str, outcomes: Sequence[Outcome]) -> None:
    table.add_row(name, *(figure(outcomes) for figure in COLUMNS.values()))


def _percent(values: list[bool]) -> str:
    return f"{100 * share(values):.1f}" if values else "–"


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Return how many milliseconds it took, and what came of it."""
    start = time.perf_counter()
    result = work()
    return 1000 * (time.perf_counter() - start), result


if __name__ == "__main__":
    main()
