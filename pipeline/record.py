"""Record: what is kept of a decision with the message (P6).

Misses are not kept: triage is pure, so they are worked out again on demand. The text stands in the message's own row.
"""

from typing import Any

from domain.decision import Decision, Reason
from domain.message import Message
from domain.site import Site
from pipeline.kept_steps import kept_step
from triage.explain import explanation


def record(decision: Decision, message: Message, site: Site) -> dict[str, Any]:
    """Return the explanation with the words that matched and the steps of the promise, as JSON."""
    kept = explanation(decision, message, site, misses=False)
    for name in ("file", "error", "text", "quoted", "subject", "sender"):
        del kept[name]
    about = decision.classification
    kept["matched"] = [
        {"found": match.found, "pattern": match.pattern, "score": match.score} for match in about.matched
    ]
    kept["others"] = [[category, score] for category, score in about.others]
    kept["steps"] = [kept_step(each) for each in decision.due.steps] if decision.due else []
    kept["language_confidence"] = decision.language.confidence
    kept["queue"] = decision.queue.value
    kept["needs_a_look"] = decision.needs_a_look
    kept["tags"] = list(decision.tags)
    kept["notify_at_once"] = decision.notify_at_once
    kept["site"] = decision.site
    return kept


def record_undecided(why: str, reasons: tuple[Reason, ...]) -> dict[str, Any]:
    """Return what is kept of a message that nothing was decided about anew: why, and the rows against a reply."""
    against = [{"row": reason.row, "matched": reason.matched} for reason in reasons]
    return {"why": why, "automatic_reply": {"send": False, "reasons": against}}
