"""Explain: a decision as the command line and the pages show it, with the rules that missed and why (P6)."""

from datetime import datetime
from typing import Any

from domain.account import Account
from domain.decision import Decision, RuleTrace
from domain.instant import STOCKHOLM
from domain.message import Message
from domain.site import Site
from triage.decide import opening
from triage.rules import RuleFacts, trace


def explanation(
    decision: Decision,
    message: Message,
    site: Site,
    file: str | None = None,
    *,
    account: Account | None = None,
    misses: bool = True,
) -> dict[str, Any]:
    """Return the object that `svarsvakt explain --json` prints for one file (design.md section 9).

    Misses are worked out again; times are Swedish local time with their offset. `account` is the one that the message
    came to; without it, the contact center's of the message's channel. Without `misses` only the hits are told, which
    costs nothing.

    Raises:
        KeyError: no account is given, and the contact center has none of that channel.
    """
    traces = decision.rules
    if misses:
        traces = _trace(decision, message, site, account or contact_account(site, message))
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
        "rules": [_rule(each) for each in traces],
        "text": message.text,
        "quoted": message.quoted,
        "defects": list(message.defects),
        "error": None,
    }


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


def _trace(decision: Decision, message: Message, site: Site, account: Account) -> tuple[RuleTrace, ...]:
    facts = RuleFacts(
        message=message,
        account=account,
        classification=decision.classification,
        language=decision.language.code,
        open=opening(site, account, message.arrived_at),
    )
    return trace(site.rules, facts)


def _rule(traced: RuleTrace) -> dict[str, Any]:
    return {"id": traced.id, "hit": traced.hit, "matched": list(traced.matched), "failed": traced.failed}


def _local(instant: datetime) -> str:
    return instant.astimezone(STOCKHOLM).isoformat()
