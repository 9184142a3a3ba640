"""Writable: whether the automatic reply that was decided can be written at all.

Reads: templates and opening hours.
Writes: nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from desk.route import automatic_reply
from domain.account import Account
from domain.decision import Decision, Reason, Reply
from domain.errors import BadInput
from domain.message import Message
from domain.outgoing import Outgoing
from domain.site import Site
from outbox.render import render, renumber
from store.outgoing import Draft

#: Stands for the number that the ticket will get: as long as a real one, of a year that none is of.
SAMPLE_NUMBER = "00-00000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An automatic reply with its text, numbered as a sample until its ticket has a number."""

    intent: Outgoing
    draft: Draft


def only_if_writable(
    message: Message, decision: Decision, account: Account, site: Site, now: datetime
) -> tuple[Decision, Written | None]:
    """Return the decision and its reply, numbered as a sample; without a reply when it cannot be written.

    Then a person must look. A missing template or slot, or hours that never come, must hold back neither the ticket nor
    the other messages of the batch: it is our own outage (domain.md 3.3 row 38).
    """
    try:
        intent = automatic_reply(message, decision, account, site, SAMPLE_NUMBER, now)
        if intent is None:
            return decision, None
        return decision, Written(intent=intent, draft=render(intent, site, key=SAMPLE_NUMBER, now=now))
    except BadInput as fault:
        reasons = (*decision.reply.reasons, Reason("3.3/38", str(fault)))
        return replace(decision, needs_a_look=True, reply=Reply(send=False, reasons=reasons)), None


def numbered(reply: Written, site: Site, number: str, *, key: str, now: datetime) -> Written:
    """Return the reply with its ticket's number in place of the sample, and a Message-ID of its own."""
    draft = renumber(reply.draft, reply.intent, site, number, key=key, now=now)
    return Written(intent=replace(reply.intent, slots={**reply.intent.slots, "number": number}), draft=draft)
