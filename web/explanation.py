"""Explanation: the record of a decision, as it was stored, read without trusting that every key is there (P6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.count_step import CountStep
from pipeline.kept_steps import read_step


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A row of the screen with what matched."""

    row: str
    matched: str


@dataclass(frozen=True, slots=True)
class ShownReply:
    """What was decided about an automatic reply."""

    send: bool | None
    reasons: tuple[ShownReason, ...]
    language: str


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """A word that spoke for the category."""

    found: str
    pattern: str
    score: float


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule that hit, with what matched."""

    id: str
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a message came where it came. Empty texts: not known."""

    language: str
    category: str
    score: float
    type: str
    urgency: str
    secrecy: str
    unit: str
    reply: ShownReply
    rules: tuple[ShownRule, ...]
    matched: tuple[ShownMatch, ...]
    others: tuple[tuple[str, float], ...]
    #: Sentences where an older release kept them so.
    steps: tuple[CountStep | str, ...]


def read_explanation(stored: Mapping[str, Any]) -> Explanation:
    """Return the record as a value; what is missing or of the wrong kind is left empty."""
    return Explanation(
        language=_text(stored, "language"),
        category=_text(stored, "category"),
        score=_number(stored.get("score")),
        type=_text(stored, "type"),
        urgency=_text(stored, "urgency"),
        secrecy=_text(stored, "secrecy"),
        unit=_text(stored, "unit"),
        reply=read_reply(_mapping(stored.get("automatic_reply"))),
        rules=tuple(
            ShownRule(_text(rule, "id"), _texts(rule.get("matched")))
            for rule in _mappings(stored.get("rules"))
            if rule.get("hit")
        ),
        matched=tuple(
            ShownMatch(_text(match, "found"), _text(match, "pattern"), _number(match.get("score")))
            for match in _mappings(stored.get("matched"))
        ),
        others=tuple(
            (str(pair[0]), _number(pair[1]))
            for pair in _list(stored.get("others"))
            if isinstance(pair, list | tuple) and len(pair) == 2
        ),
        steps=tuple(read for each in _list(stored.get("steps")) if (read := read_step(each)) is not None),
    )


def read_reply(stored: Mapping[str, Any]) -> ShownReply:
    """Return what was decided about an automatic reply; `send` is None when nothing is known."""
    send = stored.get("send")
    return ShownReply(
        send=send if isinstance(send, bool) else None,
        reasons=tuple(
            ShownReason(_text(reason, "row"), _text(reason, "matched")) for reason in _mappings(stored.get("reasons"))
        ),
        language=_text(stored, "language"),
    )


def _text(stored: Mapping[str, Any], key: str) -> str:
    value = stored.get(key)
    return value if isinstance(value, str) else ""


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in _list(value))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [each for each in _list(value) if isinstance(each, Mapping)]
