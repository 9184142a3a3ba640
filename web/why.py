"""Why a ticket came where it is: the explanation in words (P6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.ids import CategoryId
from domain.site import Site
from web.condition_words import say_condition
from web.count_words import say_step
from web.explanation import Explanation, ShownMatch, ShownReply, ShownRule
from web.matched_words import say_matched
from web.names import category_name, secrecy_name, type_name, urgency_name
from web.screen_words import say_row
from web.times import say_number
from web.words import Words


@dataclass(frozen=True, slots=True)
class WhyWord:
    """A word that spoke for the category, and its points."""

    found: str
    pattern: str
    points: str


@dataclass(frozen=True, slots=True)
class WhyRule:
    """A rule that hit, why it is there, and what matched."""

    id: str
    why: str
    matched: str
    #: It is among the rules that are used now.
    is_used: bool


@dataclass(frozen=True, slots=True)
class WhyRow:
    """A row of the screen: its name, its sentence, and what matched."""

    row: str
    sentence: str
    matched: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The explanation of one message."""

    category: str
    points: str
    matched: tuple[WhyWord, ...]
    others: tuple[str, ...]
    language: str
    type: str
    urgency: str
    secrecy: str
    rules: tuple[WhyRule, ...]
    rows: tuple[WhyRow, ...]
    #: How the promise was counted.
    steps: tuple[str, ...]
    #: The steps stand in English, as an older release kept them.
    steps_in_english: bool = False


def why_of(explanation: Explanation, site: Site, words: Words) -> Why:
    """Return the explanation in words."""
    return Why(
        category=category_name(site, CategoryId(explanation.category)),
        points=_points(explanation.score, words),
        matched=_words_found(explanation.matched, words),
        others=tuple(
            f"{category_name(site, CategoryId(id))} ({_points(score, words)})" for id, score in explanation.others
        ),
        language=words.language_name(explanation.language) if explanation.language else "",
        type=type_name(explanation.type, words),
        urgency=urgency_name(explanation.urgency, words),
        secrecy=secrecy_name(explanation.secrecy, words),
        rules=tuple(
            WhyRule(
                rule.id,
                _rule_why(site, rule.id),
                _conditions(rule, site, words),
                any(each.id == rule.id for each in site.rules),
            )
            for rule in explanation.rules
        ),
        rows=why_rows(explanation.reply, words),
        steps=tuple(each if isinstance(each, str) else say_step(each, site, words) for each in explanation.steps),
        steps_in_english=any(isinstance(each, str) for each in explanation.steps),
    )


def why_rows(reply: ShownReply, words: Words) -> tuple[WhyRow, ...]:
    """Return every row of the screen that spoke, for or against a reply."""
    return tuple(
        WhyRow(reason.row, say_row(reason.row, words), say_matched(reason.matched, words)) for reason in reply.reasons
    )


def _words_found(matched: Sequence[ShownMatch], words: Words) -> tuple[WhyWord, ...]:
    """Return each word once, with the points of all that it matched, in the order of the explanation."""
    points: dict[str, float] = {}
    patterns: dict[str, list[str]] = {}
    for each in matched:
        points[each.found] = points.get(each.found, 0) + each.score
        patterns.setdefault(each.found, []).append(each.pattern)
    return tuple(
        WhyWord(found, ", ".join(dict.fromkeys(patterns[found])), _points(score, words))
        for found, score in points.items()
    )


def _points(score: float, words: Words) -> str:
    return words.gettext("%(n)s p") % {"n": say_number(score, words)}


def _conditions(rule: ShownRule, site: Site, words: Words) -> str:
    return ", ".join(say_condition(each, site, words) for each in rule.matched)


def _rule_why(site: Site, id: str) -> str:
    return next((rule.why for rule in site.rules if rule.id == id), "")
