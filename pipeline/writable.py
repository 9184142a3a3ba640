"""Writable: whether the automatic reply that was decided can be written at all.

Reads: templates and opening hours.
Writes: nothing.
"""

from dataclasses import replace
from datetime import datetime

from desk.route import automatic_reply
from domain.account import Account
from domain.decision import Decision, Reason, Reply
from domain.errors import BadInput
from domain.message import Message
from domain.outgoing import Outgoing
from domain.site import Site
from outbox.render import render

#: Stands for the number that the ticket will get: as long as a real one.
SAMPLE_NUMBER = "26-00000"


def only_if_writable(
    message: Message, decision: Decision, account: Account, site: Site, now: datetime
) -> tuple[Decision, Outgoing | None]:
    """Return the decision and its reply, numbered as a sample; without a reply when it cannot be written.

    Then a person must look. A missing template or slot, or hours that never come, must hold back neither the ticket nor
    the other messages of the batch: it is our own outage (domain.md 3.3 row 38).
    """
    try:
        intent = automatic_reply(message, decision, account, site, SAMPLE_NUMBER, now)
        if intent is not None:
            render(intent, site, key=SAMPLE_NUMBER, now=now)
    except BadInput as fault:
        reasons = (*decision.reply.reasons, Reason("3.3/38", str(fault)))
        return replace(decision, needs_a_look=True, reply=Reply(send=False, reasons=reasons)), None
    return decision, intent


def numbered(intent: Outgoing, number: str) -> Outgoing:
    """Return the reply with its ticket's number in place of the sample."""
    return replace(intent, slots={**intent.slots, "number": number})
