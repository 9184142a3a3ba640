"""Difference: what two decisions about one message say differently, and how much of it may be shown (P12)."""

from collections.abc import Mapping
from typing import Any

from domain.category import Secrecy
from domain.decision import Decision
from domain.rule_trial import Difference

#: What is compared, in the order in which it is told.
COMPARED = (
    "unit", "category", "type", "urgency", "secrecy", "language", "queue", "needs a look", "reply", "template",
    "tags", "notify at once",
)  # fmt: skip

#: What stands for a change that may not be told: the ticket is sensitive.
HIDDEN = "not shown"

#: Rows that rest on what surrounded the message at that time: what held a reply back then is taken to do so now.
SURROUNDINGS = frozenset(
    {
        "P1", "3.3/10", "3.3/27", "3.3/32", "3.3/33", "3.3/34", "3.3/35", "3.3/36", "3.3/38", "3.7/3", "3.7/5",
        "3.7/6", "3.7/7", "3.8/7", "3.8/8", "3.8/9",
    }
)  # fmt: skip

#: What is said of a decision, by what is compared. What was not kept is left out.
Summary = Mapping[str, str]


def summary_of(decision: Decision, stored: Mapping[str, Any]) -> Summary:
    """Return what a new decision says; a reply that surroundings held back then is held back now."""
    sends = decision.reply.send and not _held_back(stored)
    return {
        "unit": decision.unit,
        "category": decision.classification.category,
        "type": decision.classification.type.value,
        "urgency": decision.urgency.value,
        "secrecy": decision.secrecy.value,
        "language": decision.language.code,
        "queue": decision.queue.value,
        "needs a look": _yes(decision.needs_a_look),
        "reply": _reply(sends),
        **({"template": decision.reply.template} if sends and decision.reply.template else {}),
        "tags": _tags(decision.tags),
        "notify at once": _yes(decision.notify_at_once),
    }


def stored_summary(stored: Mapping[str, Any]) -> Summary:
    """Return what was decided then, from what is kept of it."""
    reply = stored.get("automatic_reply") or {}
    kept = {name: stored[name] for name in COMPARED if isinstance(stored.get(name), str)}
    sends = bool(reply.get("send"))
    kept["reply"] = _reply(sends)
    if sends and reply.get("template"):
        kept["template"] = reply["template"]
    for name, key in (("needs a look", "needs_a_look"), ("notify at once", "notify_at_once")):
        if key in stored:
            kept[name] = _yes(stored[key])
    if "tags" in stored:
        kept["tags"] = _tags(tuple(stored["tags"]))
    return kept


def differences(before: Summary, after: Summary) -> tuple[Difference, ...]:
    """Return what is otherwise, of what both say."""
    return tuple(
        Difference(what, before[what], after[what])
        for what in COMPARED
        if what in before and what in after and before[what] != after[what]
    )


def as_shown(found: tuple[Difference, ...], before: Summary, after: Summary) -> tuple[Difference, ...]:
    """Return what of it the operator may see: of a sensitive ticket, before or after, the unit and no more."""
    return unit_alone(found) if is_secret(before, after) else found


def is_secret(before: Summary, after: Summary) -> bool:
    """Ask whether it was or would be a sensitive matter."""
    return Secrecy.SK2 in (before.get("secrecy"), after.get("secrecy"))


def unit_alone(found: tuple[Difference, ...]) -> tuple[Difference, ...]:
    """Return the unit, and that there is more."""
    shown = tuple(each for each in found if each.what == "unit")
    return shown if len(shown) == len(found) else (*shown, Difference(HIDDEN, "", ""))


def _held_back(stored: Mapping[str, Any]) -> bool:
    reply = stored.get("automatic_reply") or {}
    return not reply.get("send") and any(each.get("row") in SURROUNDINGS for each in reply.get("reasons", ()))


def _reply(sends: bool) -> str:
    return "sent" if sends else "withheld"


def _yes(so: bool) -> str:
    return "yes" if so else "no"


def _tags(tags: tuple[str, ...]) -> str:
    return ", ".join(sorted(tags)) or "none"
