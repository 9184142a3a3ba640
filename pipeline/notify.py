"""Notify: what rules do to a ticket beside routing it: tags, and that whoever is on duty is called.

Writes: tags, the call, an event; all in the deciding transaction. The call itself is made by `call.py`.
"""

from datetime import datetime

from domain.account import Account
from domain.alerting import Call
from domain.decision import Decision
from domain.ids import TicketId
from domain.message import Message
from store.calls import open_call
from store.database import Connection
from store.events import append
from store.tags import add_tags


def follow_rules(
    connection: Connection, account: Account, message: Message, decision: Decision, ticket: TicketId, number: str,
    now: datetime,
) -> bool:  # fmt: skip
    """Do to the ticket of a message what its rules say; return whether somebody is to be called."""
    add_tags(connection, account.organisation, ticket, decision.tags)
    if not decision.notify_at_once:
        return False
    call = Call(
        ticket=ticket, organisation=account.organisation, account=account.id, unit=decision.unit, number=number,
        arrived_at=message.arrived_at, opened_at=now,
    )  # fmt: skip
    opened = open_call(connection, call)
    if opened:
        append(
            connection, "call_opened", at=now, organisation=account.organisation, actor="decide", account=account.id,
            ticket=ticket,
        )  # fmt: skip
    return opened
