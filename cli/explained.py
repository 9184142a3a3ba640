"""Explained: one decision as a short table for a person."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.local_time import local_text
from cli.output import printable
from domain.category import Category
from domain.decision import Decision, Reason
from domain.message import Message
from domain.site import Site
from web.screen_words import SENTENCES, say_row
from web.words import words_of

#: Rules that missed are told one by one up to this number.
MOST_MISSES = 20

#: What stands before a line of the screen or a rule.
YES, NO = "+", "-"

#: What the levels mean, for whoever does not know them by heart.
URGENCIES = {"U0": "act now", "U1": "the same day", "U2": "ordinary", "U3": "low"}
SECRECIES = {"SK0": "open", "SK1": "personal data", "SK2": "secret: only its unit sees it"}


@dataclass(frozen=True, slots=True)
class Explained:
    """What was decided about one file; only `line` when it could not be explained."""

    #: What `explain --json` prints.
    line: dict[str, Any]
    message: Message | None = None
    decision: Decision | None = None
    site: Site | None = None


def print_explained(explained: Explained, console: Console) -> None:
    """Print one file's decision: where it goes and by when, what is answered, and why."""
    if explained.message is None or explained.decision is None or explained.site is None:
        return
    table = Table(box=None, show_header=False, pad_edge=False, title_justify="left")
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _rows(explained.line, explained.message, explained.decision, explained.site):
        table.add_row(name, Text(printable(value)))
    console.print(Text(printable(str(explained.line["file"])), style="bold cyan"))
    console.print(table)
    console.print()


def _rows(line: dict[str, Any], message: Message, decision: Decision, site: Site) -> Iterator[tuple[str, str]]:
    yield "from", _sender(message)
    yield "subject", message.subject or "(none)"
    yield "arrived", local_text(message.arrived_at)
    yield "language", _language(decision.language.code)
    yield "category", _category(decision, site)
    yield "unit", site.unit(decision.unit).name
    yield "promise", _promise(decision)
    yield "reply", _reply(decision)
    yield from _titled("screen", (_reason(each) for each in decision.reply.reasons))
    yield from _titled("rules", _rules(line["rules"]))
    yield from _titled("defects", message.defects)


def _titled(title: str, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines):
        yield ("" if number else title), line


def _sender(message: Message) -> str:
    if message.sender is None:
        return "nobody that can be read"
    return f"{message.sender.name} <{message.sender.address}>" if message.sender.name else message.sender.address


def _language(code: str) -> str:
    return f"{words_of('en').language_name(code)} ({code})"


def _category(decision: Decision, site: Site) -> str:
    about = decision.classification
    known: Category | None = next((each for each in site.categories if each.id == about.category), None)
    name = f"{known.name} ({known.id})" if known else about.category
    words = ", ".join(f"{match.found} {match.score:g}" for match in about.matched)
    levels = (
        f"{about.type}; {decision.urgency} {URGENCIES[decision.urgency]}; "
        f"{decision.secrecy} {SECRECIES[decision.secrecy]}"
    )
    return f"{name}, score {about.score:.1f}{f': {words}' if words else ''}\n{levels}"


def _promise(decision: Decision) -> str:
    if decision.due is None:
        return "none: no clock runs"
    return f"notice by {local_text(decision.due.notice_at)}, answer by {local_text(decision.due.answer_at)}"


def _reply(decision: Decision) -> str:
    reply = decision.reply
    if not reply.send:
        return "none"
    return f"{reply.template} in {_language(reply.language or '')} to {reply.to}"


def _reason(reason: Reason) -> str:
    if reason.row not in SENTENCES:
        return f"{reason.row}: {reason.matched}"
    return f"{reason.row}: {say_row(reason.row, words_of('en'))} ({reason.matched})"


def _rules(traced: list[dict[str, Any]]) -> Iterator[str]:
    hits = [rule for rule in traced if rule["hit"]]
    misses = [rule for rule in traced if not rule["hit"]]
    yield from (f"{YES} {rule['id']}: {', '.join(rule['matched']) or 'it asks nothing'}" for rule in hits)
    yield from (f"{NO} {rule['id']}: {rule['failed']}" for rule in misses[:MOST_MISSES])
    if len(misses) > MOST_MISSES:
        yield f"and {len(misses) - MOST_MISSES} more that did not hit: --json tells them all"
