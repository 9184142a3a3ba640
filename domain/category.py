"""Categories: what a message is about, and what follows from it. Source: domain.md 6."""

from dataclasses import dataclass
from enum import StrEnum

from domain.ids import CategoryId, UnitId


class Urgency(StrEnum):
    """How soon a person must act. Source: domain.md 6.1."""

    #: Alert a person now.
    U0 = "U0"
    #: The same working day.
    U1 = "U1"
    #: The ordinary target.
    U2 = "U2"
    #: Low.
    U3 = "U3"


class Secrecy(StrEnum):
    """Who may see it. Source: domain.md 6.1."""

    #: Open.
    SK0 = "SK0"
    #: Personal data, normal care.
    SK1 = "SK1"
    #: Compartment: seen only by its unit (P12).
    SK2 = "SK2"


class ErrandType(StrEnum):
    """What the citizen wants done, separate from the category (R138)."""

    question = "question"
    complaint = "complaint"
    praise = "praise"
    suggestion = "suggestion"
    report = "report"
    application = "application"
    order = "order"
    records_request = "records_request"
    other = "other"


class CategoryKind(StrEnum):
    """Whether a category is an errand or decides how the message is handled."""

    errand = "errand"
    handling = "handling"
    #: Danger, concern, threat: run first, in every language, and win.
    safety = "safety"


@dataclass(frozen=True, slots=True)
class Word:
    """A signal: a stem, phrase or pattern of one language with its weight.

    `pattern` as in domain.md 6.1: `*` stands for any ending (or beginning), several words make a phrase.
    """

    pattern: str
    language: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Example:
    """What somebody might write about a category: its words are learned from."""

    text: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfService:
    """What an automatic reply says beside the time, in one language; empty: nothing."""

    language: str
    #: What is worth adding, in one sentence (R86).
    hint: str = ""
    #: Words of a link to where one can help oneself.
    words: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One errand category or handling class."""

    id: CategoryId
    name: str
    kind: CategoryKind = CategoryKind.errand
    unit: UnitId
    urgency: Urgency = Urgency.U2
    secrecy: Secrecy = Secrecy.SK0
    words: tuple[Word, ...] = ()
    #: Words that speak against it, such as `brandskydd` against danger.
    not_words: tuple[Word, ...] = ()
    #: Words that move the urgency from the category's own, such as "läcker" for water.
    urgency_words: tuple[tuple[Urgency, Word], ...] = ()
    #: Words that move the secrecy, such as "kränkning" for school.
    secrecy_words: tuple[tuple[Secrecy, Word], ...] = ()
    #: Never shown to those whose message is sensitive.
    self_service: tuple[SelfService, ...] = ()
    #: Messages as people write them, from which its words are learned.
    examples: tuple[Example, ...] = ()


#: The category of what is too unsure to be routed: it goes to the contact center.
UNCLEAR = CategoryId("oklart")

#: Danger to life, health or property: the one category that passes brakes (domain.md 3.3 row 42).
DANGER = CategoryId("fara")
