"""Triage: how often category and language are right on labelled messages, and how long it takes.

    python -m bench.triage [--missed] [--kept] [FILE…]

Without a file it reads tests/messages/labelled.jsonl in two parts: the part that the word lists were made with, and the
part that was kept for measuring (a third, by the hash of the id). A message is right when its category is the label or
one of `also_ok`; unclear when it goes to a person unsorted although it has a label; else wrong.
"""

import argparse
import hashlib
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from domain.account import Channel
from domain.category import UNCLEAR, Category
from domain.decision import Classification, LanguageGuess
from domain.message import Message
from domain.site import TriageSettings
from settings.load import load
from triage.categories import classify
from triage.language import guess_language

ROOT = Path(__file__).parent.parent
LABELLED = ROOT / "tests" / "messages" / "labelled.jsonl"
EXAMPLE = ROOT / "settings" / "example"
SAFETY = frozenset({"fara", "oro", "hot"})

_QUOTE = re.compile(r"^(>|\s*(-----|On .*wrote:|Den .*skrev|.*kirjoitti:))")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message with what it should be taken for."""

    id: str
    message: Message
    language: str
    category: str
    also_ok: frozenset[str]
    urgency: str
    secrecy: str

    @property
    def kept(self) -> bool:
        """True: it was not looked at when the words were written."""
        return int(hashlib.sha256(self.id.encode()).hexdigest(), 16) % 3 == 0

    @property
    def group(self) -> str:
        """sv, fi, en or other."""
        return self.language if self.language in ("sv", "fi", "en") else "other"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a labelled message."""

    labelled: Labelled
    language: LanguageGuess
    about: Classification

    @property
    def right(self) -> bool:
        """The label or an acceptable category."""
        return self.about.category == self.labelled.category or self.about.category in self.labelled.also_ok

    @property
    def unclear(self) -> bool:
        """Left to a person, although it has a category."""
        return not self.right and self.about.category == UNCLEAR

    @property
    def wrong(self) -> bool:
        """Taken for something else."""
        return not self.right and self.about.category != UNCLEAR

    @property
    def is_danger(self) -> bool:
        """True: it belongs to a safety class."""
        return self.labelled.category in SAFETY

    @property
    def alarmed(self) -> bool:
        """True: a safety class fired."""
        return self.about.category in SAFETY

    @property
    def false_alarm(self) -> bool:
        """True: a safety class fired where none is acceptable."""
        return self.alarmed and not self.is_danger and not SAFETY & self.labelled.also_ok


def read(path: Path = LABELLED) -> list[Labelled]:
    """Return the labelled messages of a JSON Lines file."""
    return [_labelled(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _labelled(row: dict[str, Any]) -> Labelled:
    lines = row["text"].split("\n")
    first = next((at for at, line in enumerate(lines) if at and _QUOTE.match(line)), len(lines))
    message = Message(
        channel=Channel(row["channel"]),
        arrived_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
        subject=row["subject"],
        text="\n".join(lines[:first]).strip(),
        quoted="\n".join(lines[first:]),
    )
    return Labelled(
        row["id"],
        message,
        row["language"],
        row["category"],
        frozenset(row["also_ok"]),
        row.get("urgency", ""),
        row.get("secrecy", ""),
    )


def outcome(labelled: Labelled, categories: tuple[Category, ...], settings: TriageSettings) -> Outcome:
    """Triage one message."""
    message = labelled.message
    language = guess_language(message.text or message.subject, settings)
    return Outcome(labelled, language, classify(message, language, categories, settings))


def macro_f1(outcomes: Iterable[Outcome]) -> float:
    """Return the mean F1 of the labels; an acceptable category counts as the label."""
    hits: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for each in outcomes:
        label = each.labelled.category
        if each.right:
            hits[label] += 1
        else:
            missed[label] += 1
            false[each.about.category] += 1
    labels = set(hits) | set(missed)
    return sum(2 * hits[one] / (2 * hits[one] + missed[one] + false[one]) for one in labels) / max(1, len(labels))


def share(part: Iterable[bool]) -> str:
    """Return a share as `12/34  35.3 %`."""
    values = list(part)
    return f"{sum(values):3}/{len(values):<3} {100 * sum(values) / max(1, len(values)):5.1f} %"


def report(name: str, outcomes: list[Outcome]) -> None:
    """Print the figures of one part."""
    print(f"\n{name}: {len(outcomes)} messages")
    print(f"  right or acceptable  {share(each.right for each in outcomes)}")
    print(f"  wrong                {share(each.wrong for each in outcomes)}")
    print(f"  unclear              {share(each.unclear for each in outcomes)}")
    print(f"  macro-F1             {macro_f1(outcomes):.3f}")
    print(f"  safety recall        {share(each.alarmed for each in outcomes if each.is_danger)}")
    print(f"  safety false alarms  {share(each.false_alarm for each in outcomes if not each.is_danger)}")
    print(f"  language (4 groups)  {share(_group(each.language.code) == each.labelled.group for each in outcomes)}")
    print(f"  language (exact)     {share(each.language.code == each.labelled.language for each in outcomes)}")
    print(f"  urgency              {share(each.about.urgency == each.labelled.urgency for each in outcomes)}")
    print(f"  secrecy              {share(each.about.secrecy == each.labelled.secrecy for each in outcomes)}")
    _by("language", outcomes, lambda each: each.labelled.group)
    _by("channel", outcomes, lambda each: str(each.labelled.message.channel))


def _group(code: str) -> str:
    return code if code in ("sv", "fi", "en") else "other"


def _by(name: str, outcomes: list[Outcome], key: Callable[[Outcome], str]) -> None:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        groups[key(each)].append(each)
    print(f"  by {name:10} right                wrong                safety recall        false alarms")
    for group, members in sorted(groups.items()):
        print(
            f"    {group:10} {share(each.right for each in members)}   {share(each.wrong for each in members)}   "
            f"{share(each.alarmed for each in members if each.is_danger)}   "
            f"{share(each.false_alarm for each in members if not each.is_danger)}"
        )


def missed(outcomes: list[Outcome]) -> None:
    """Print every message that was not right, and every false alarm, with the words that led there."""
    for each in outcomes:
        if each.right:
            continue
        message = each.labelled.message
        words = "; ".join(f"{match.found} <{match.pattern}> {match.score}" for match in each.about.matched[:5])
        text = " ".join(f"{message.subject} | {message.text}".split())
        print(f"\n{each.labelled.id} {each.labelled.category} → {each.about.category} {each.about.score} ({words})")
        print(f"   others {[(id, score) for id, score in each.about.others[:4]]}  language {each.language.code}")
        print(f"   {text[:400]}")


def speed(labelled: list[Labelled], categories: tuple[Category, ...], settings: TriageSettings) -> None:
    """Print the time of a message, language and category apart, with cold and warm words."""
    words = sum(len(category.words) + len(category.not_words) for category in categories)
    print(f"\ntime per message, {words} words in {len(categories)} categories")
    guesses = [guess_language(each.message.text or each.message.subject, settings) for each in labelled]
    language = [_milliseconds(guess_language, each.message.text, settings) for each in labelled]
    print(f"  language   median {median(language):.3f} ms   slowest {max(language):.3f} ms")
    fresh = tuple(categories[:-1]) + categories[-1:]
    start = time.perf_counter()
    classify(labelled[0].message, guesses[0], fresh, settings)
    print(f"  compiling the words once: {1000 * (time.perf_counter() - start):.0f} ms")
    for name in ("cold", "warm"):
        took = [
            _milliseconds(classify, each.message, guess, fresh, settings)
            for each, guess in zip(labelled, guesses, strict=True)
        ]
        print(f"  category   median {median(took):.3f} ms   slowest {max(took):.3f} ms   {name}")


def _milliseconds(work: Callable[..., object], *arguments: object) -> float:
    start = time.perf_counter()
    work(*arguments)
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Read, measure, print."""
    parser = argparse.ArgumentParser(description="Measure triage on labelled messages.")
    parser.add_argument("files", nargs="*", type=Path, help="other labelled files, JSON Lines")
    parser.add_argument("--missed", action="store_true", help="print what was not right, of the part that may be read")
    parser.add_argument("--kept", action="store_true", help="with --missed: of the kept part too")
    options = parser.parse_args()
    site = load(EXAMPLE)
    categories, settings = site.categories, site.triage
    labelled = [each for path in options.files or [LABELLED] for each in read(path)]
    outcomes = [outcome(each, categories, settings) for each in labelled]
    if options.files:
        report("all", outcomes)
    else:
        report("looked at", [each for each in outcomes if not each.labelled.kept])
        report("kept for measuring", [each for each in outcomes if each.labelled.kept])
    if options.missed:
        missed([each for each in outcomes if options.kept or options.files or not each.labelled.kept])
    speed(labelled, categories, settings)


if __name__ == "__main__":
    main()
