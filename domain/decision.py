"""Decisions: where a message goes, whether a machine may answer, and why (P6)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.category import ErrandType, Secrecy, Urgency
from domain.count_step import CountStep
from domain.ids import CategoryId, RuleId, UnitId


class Queue(StrEnum):
    """The Queue column of domain.md 3.3."""

    #: Q: the normal queue.
    normal = "normal"
    #: QL: the low-priority queue for a human check.
    low = "low"
    #: T: attach to the outgoing message it belongs to; `low` when that one is not found.
    attached = "attached"
    #: X: technical log only, still stored.
    technical = "technical"


@dataclass(frozen=True, slots=True)
class Reason:
    """A row of the screen that applies, such as 3.3/13, with what matched."""

    row: str
    matched: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What the screen says of one message (domain.md 3.3, 3.7, 3.8)."""

    #: Every row that applies, in the order of the table.
    reasons: tuple[Reason, ...]
    may_reply: bool
    queue: Queue
    #: True: a person must look at the message itself (rows 11, 30, 31, an unmatched row 1).
    needs_a_look: bool = False
    #: The one address an automatic reply may go to (domain.md 3.5); None: nowhere.
    destination: str | None = None
    #: True: it goes to the top of the queue (Q top).
    top: bool = False
    #: True: only its compartment sees it (Q sensitive).
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """The language of the author's own text, by ISO 639 code, with a confidence of 0 to 1."""

    code: str
    confidence: float
    #: Why: script, words, model, contact's earlier language, fallback.
    how: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A word that spoke for a category: the text found, the pattern it fits, and its share of the score."""

    found: str
    pattern: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What a message is about, with the words that said so."""

    category: CategoryId
    score: float
    matched: tuple[Match, ...] = ()
    #: Other categories above the threshold, best first, with their scores: further errands.
    others: tuple[tuple[CategoryId, float], ...] = ()
    type: ErrandType = ErrandType.other
    urgency: Urgency = Urgency.U2
    secrecy: Secrecy = Secrecy.SK1
    #: True: a safety class fired; rules and topics do not override it.
    safety: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrace:
    """What became of one rule: that it hit with what matched, or the condition that failed."""

    id: RuleId
    hit: bool
    matched: tuple[str, ...] = ()
    #: The first condition that failed, in words; empty: it hit.
    failed: str = ""
    #: Of a rule that missed, when the misses were asked for: everything that failed, and how much held.
    all_failed: tuple[str, ...] = ()
    held: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A promise: the latest times, and the reasoning that led there (P9, P10)."""

    notice_at: datetime
    answer_at: datetime
    #: Names the calendar's content: hours, settings, holidays version.
    calendar: str
    #: The notice was counted by a form's own target too (R24).
    by_form: bool = False
    #: In the order of the count.
    steps: tuple[CountStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Whether an automatic reply is due, and which."""

    send: bool
    #: Every row that spoke, for or against.
    reasons: tuple[Reason, ...]
    template: str | None = None
    language: str | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The whole outcome of triage for one message; stored as it is."""

    queue: Queue
    needs_a_look: bool
    language: LanguageGuess
    classification: Classification
    unit: UnitId
    urgency: Urgency
    secrecy: Secrecy
    reply: Reply
    #: None: no clock runs.
    due: Due | None
    #: Hits only; misses are recomputed on demand.
    rules: tuple[RuleTrace, ...] = field(default=())
    #: What rules call it, each once, in the order of the rules.
    tags: tuple[str, ...] = ()
    #: True: a rule wants a person told when its ticket opens.
    notify_at_once: bool = False
    #: Names the configuration it was made with.
    site: str = ""
