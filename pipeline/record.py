"""Record: what is kept of a decision with the message (P6).

Misses are not kept: triage is pure, so they are worked out again on demand. The text stands in the message's own row.
"""

from typing import Any

from domain.account import Account
from domain.decision import Decision
from domain.message import Message
from domain.site import Site
from triage.explain import explanation


def record(decision: Decision, message: Message, site: Site, account: Account) -> dict[str, Any]:
    """Return the explanation with the words that matched and the steps of the promise, as JSON."""
    kept = explanation(decision, message, site, account=account, misses=False)
    for name in ("file", "error", "text", "quoted", "subject", "sender"):
        del kept[name]
    about = decision.classification
    kept["matched"] = [
        {"found": match.found, "pattern": match.pattern, "score": match.score} for match in about.matched
    ]
    kept["others"] = [[category, score] for category, score in about.others]
    kept["steps"] = list(decision.due.steps) if decision.due else []
    kept["language_confidence"] = decision.language.confidence
    kept["site"] = decision.site
    return kept
