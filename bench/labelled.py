"""Labelled messages: what they should be taken for, and what triage takes them for."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.account import Channel
from domain.category import UNCLEAR, Category
from domain.decision import Classification, LanguageGuess
from domain.message import Message
from domain.site import TriageSettings
from triage.categories import classify
from triage.language import guess_language

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "settings" / "example"
MESSAGES = ROOT / "tests" / "messages"
LABELLED = MESSAGES / "labelled.jsonl"
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
        """True: of labelled.jsonl's third that is kept for measuring, by the hash of the id."""
        return int(hashlib.sha256(self.id.encode()).hexdigest(), 16) % 3 == 0

    @property
    def group(self) -> str:
        """sv, fi, en or other."""
        return language_group(self.language)


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


def language_group(code: str) -> str:
    """Return sv, fi, en or other."""
    return code if code in ("sv", "fi", "en") else "other"


def read(path: Path = LABELLED) -> list[Labelled]:
    """Return the labelled messages of a JSON Lines file."""
    return [_labelled(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


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


def share(part: Iterable[bool]) -> float:
    """Return how large a part is true, from 0 to 1; 0 of nothing."""
    values = list(part)
    return sum(values) / max(1, len(values))


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
