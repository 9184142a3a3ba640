"""Explained: one decision as a short table for a person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.local_time import local_text
from cli.output import printable
from domain.decision import Decision, Reason, RuleTrace
from domain.ids import CategoryId
from domain.message import Message
from domain.site import Site
from triage.screen.table import speaks_against
from web.screen_words import SENTENCES, say_row
from web.words import words_of

#: So many rules that missed are told, the nearest first; the others are folded.
NEAREST = 3

#: So many words of a category are told.
MOST_WORDS = 12

#: Wider than this a line cannot be read.
WIDEST_LINE = 110

#: What stands before a line that speaks for a reply or a rule that hit, and before the others.
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
    #: What became of every rule.
    traces: tuple[RuleTrace, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """One line beside a label."""

    text: str
    style: str = ""


def print_explained(explained: Explained, console: Console, *, every_rule: bool = False) -> None:
    """Print one file's decision: where it goes and by when, what is answered, and why.

    Of the rules that missed the nearest are told, unless every one is asked for.
    """
    if explained.message is None or explained.decision is None or explained.site is None:
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold", max_width=max(20, min(console.width, WIDEST_LINE) - 10))
    for label, lines in _sections(explained.message, explained.decision, explained.site):
        _add(table, label, lines)
    _add(table, "rules", [*_rules(explained.traces, every_rule=every_rule)])
    _add(table, "defects", [_Line(each, "yellow") for each in explained.message.defects])
    console.print(Text(printable(str(explained.line["file"])), style="bold cyan"))
    console.print(table)
    console.print()


def nearest(traces: Sequence[RuleTrace]) -> list[RuleTrace]:
    """Return the rules that missed, the nearest to a hit first: of which least failed, then of which most held."""
    missed = [each for each in traces if not each.hit]
    return sorted(missed, key=lambda each: (len(each.all_failed), -each.held))


def _add(table: Table, label: str, lines: Sequence[_Line]) -> None:
    for number, line in enumerate(lines):
        table.add_row("" if number else label, Text(printable(line.text), style=line.style))


def _sections(message: Message, decision: Decision, site: Site) -> Iterator[tuple[str, list[_Line]]]:
    yield "from", [_Line(_sender(message))]
    yield "subject", [_Line(message.subject or "(none)")]
    yield "arrived", [_Line(local_text(message.arrived_at))]
    yield "language", [_Line(_guess(decision))]
    yield "category", [*_category(decision, site)]
    yield "unit", [_Line(_unit(decision, site))]
    yield "promise", [_Line(_promise(decision))]
    yield "reply", [_reply(decision)]
    yield "besides", [*_besides(decision)]
    yield "screen", [_reason(each) for each in decision.reply.reasons]


def _sender(message: Message) -> str:
    if message.sender is None:
        return "nobody that can be read"
    return f"{message.sender.name} <{message.sender.address}>" if message.sender.name else message.sender.address


def _language(code: str) -> str:
    return f"{words_of('en').language_name(code)} ({code})"


def _guess(decision: Decision) -> str:
    guess = decision.language
    how = f", by {guess.how}" if guess.how else ""
    return f"{_language(guess.code)}, {100 * guess.confidence:.0f} % sure{how}"


def _category(decision: Decision, site: Site) -> Iterator[_Line]:
    about = decision.classification
    yield _Line(f"{_name(about.category, site)}, {_points(about.score)}", "bold")
    if about.matched:
        heaviest = sorted(about.matched, key=lambda match: -match.score)[:MOST_WORDS]
        told = [f"{match.found} {match.score:.1f}" for match in heaviest]
        more = len(about.matched) - MOST_WORDS
        yield _Line(f"by {', '.join(told)}{f' and {more} more words' if more > 0 else ''}")
    if about.others:
        yield _Line("or " + ", ".join(f"{_name(other, site)} {score:.1f}" for other, score in about.others), "dim")
    yield _Line(
        f"{about.type}; {decision.urgency} {URGENCIES[decision.urgency]}; "
        f"{decision.secrecy} {SECRECIES[decision.secrecy]}"
    )


def _name(id: CategoryId, site: Site) -> str:
    known = site.find_category(id)
    return f"{known.name} ({known.id})" if known else id


def _points(score: float) -> str:
    return f"{score:.1f} points"


def _unit(decision: Decision, site: Site) -> str:
    look = ": a person must look at it" if decision.needs_a_look else ""
    queue = f", {decision.queue} queue" if decision.queue != "normal" else ""
    return f"{site.unit(decision.unit).name}{queue}{look}"


def _promise(decision: Decision) -> str:
    if decision.due is None:
        return "none: no clock runs"
    return f"notice by {local_text(decision.due.notice_at)}, answer by {local_text(decision.due.answer_at)}"


def _reply(decision: Decision) -> _Line:
    reply = decision.reply
    if reply.send:
        return _Line(f"{reply.template} in {_language(reply.language or '')} to {reply.to}", "green")
    against = next((each for each in reply.reasons if speaks_against(each.row)), None)
    return _Line(f"none, because of {against.row}" if against else "none", "yellow")


def _besides(decision: Decision) -> Iterator[_Line]:
    """Yield what rules do beside routing."""
    if decision.notify_at_once:
        yield _Line("somebody is told at once", "bold red")
    if decision.tags:
        yield _Line(f"tagged {', '.join(decision.tags)}")


def _reason(reason: Reason) -> _Line:
    against = speaks_against(reason.row)
    said = reason.matched
    if reason.row in SENTENCES:
        said = f"{say_row(reason.row, words_of('en'))}{f' ({reason.matched})' if reason.matched else ''}"
    return _Line(f"{NO if against else YES} {reason.row}: {said}", "yellow" if against else "green")


def _rules(traces: Sequence[RuleTrace], *, every_rule: bool) -> Iterator[_Line]:
    for each in traces:
        if each.hit:
            yield _Line(f"{YES} {each.id}: {', '.join(each.matched) or 'it asks nothing'}", "green")
    missed = nearest(traces)
    told = missed if every_rule else missed[:NEAREST]
    yield from (_Line(f"{NO} {each.id}: {_missed(each)}", "dim") for each in told)
    if len(missed) > len(told):
        more = f"{len(missed) - len(told)} more"
        yield _Line(f"  {more} missed by as much or by more: --all tells them", "dim")


def _missed(traced: RuleTrace) -> str:
    held = f" ({traced.held} of {traced.held + len(traced.all_failed)} hold)" if traced.held else ""
    return f"{'; '.join(traced.all_failed)}{held}"
