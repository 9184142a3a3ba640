"""Explain: a decision as the command line and the pages show it, with the rules that missed and why (P6)."""

from datetime import datetime
from typing import Any

from domain.account import Account
from domain.context import Context
from domain.decision import Decision, RuleTrace
from domain.instant import STOCKHOLM
from domain.message import Message
from domain.site import Site
from triage.decide import facts_of
from triage.rules import trace


def explanation(
    decision: Decision,
    message: Message,
    site: Site,
    file: str | None = None,
    *,
    context: Context | None = None,
    misses: bool = True,
) -> dict[str, Any]:
    """Return the object that `svarsvakt explain --json` prints for one file (design.md section 9).

    Misses are worked out again; times are Swedish local time with their offset. `context` is what it was decided in;
    without it, the message counts as one that came to the contact center's account of its channel, from somebody new.
    Without `misses` only the hits are told, which costs nothing.

    Raises:
        KeyError: no context is given, and the contact center has no account of that channel.
    """
    return {
        "file": file,
        "sender": message.sender.address if message.sender else None,
        "subject": message.subject,
        "arrived_at": _local(message.arrived_at),
        "language": decision.language.code,
        "category": decision.classification.category,
        "score": decision.classification.score,
        "type": decision.classification.type.value,
        "urgency": decision.urgency.value,
        "secrecy": decision.secrecy.value,
        "unit": decision.unit,
        "automatic_reply": _reply(decision),
        "notice_due_at": _local(decision.due.notice_at) if decision.due else None,
        "answer_due_at": _local(decision.due.answer_at) if decision.due else None,
        "rules": [
            rule_line(each) for each in (trace_all(decision, message, site, context) if misses else decision.rules)
        ],
        "text": message.text,
        "quoted": message.quoted,
        "defects": list(message.defects),
        "error": None,
    }


def trace_all(
    decision: Decision, message: Message, site: Site, context: Context | None = None
) -> tuple[RuleTrace, ...]:
    """Return what became of every rule, worked out again; see `explanation`."""
    within = context or Context(account=contact_account(site, message), now=message.arrived_at)
    return trace(site.rules, facts_of(message, within, site, decision.classification, decision.language))


def rule_line(traced: RuleTrace) -> dict[str, Any]:
    """Return what became of a rule, with the keys that design.md section 9 fixes."""
    return {"id": traced.id, "hit": traced.hit, "matched": list(traced.matched), "failed": traced.failed}


def contact_account(site: Site, message: Message) -> Account:
    """Return the contact center's account of the message's channel.

    Raises:
        KeyError: it has none.
    """
    for account in site.accounts:
        if account.unit == site.contact_center and account.channel is message.channel:
            return account
    raise KeyError(message.channel)


def _reply(decision: Decision) -> dict[str, Any]:
    reply = decision.reply
    return {
        "send": reply.send,
        "reasons": [{"row": reason.row, "matched": reason.matched} for reason in reply.reasons],
        "template": reply.template,
        "language": reply.language,
        "to": reply.to,
    }


def _local(instant: datetime) -> str:
    return instant.astimezone(STOCKHOLM).isoformat()
