"""Notify: what rules do to a ticket beside routing it: tags, and a mail to somebody at once.

Reads: the site, for who is told.
Writes: tags, alerts in the outbox, an event; all in the deciding transaction.
"""

import logging
import secrets
from datetime import datetime

from desk.notify import alerts_at_once
from domain.account import Account
from domain.decision import Decision
from domain.errors import BadInput
from domain.ids import TicketId
from domain.message import Message
from domain.site import Site
from outbox.render import render
from store.database import Connection
from store.events import append
from store.outgoing import add_outgoing
from store.tags import add_tags

log = logging.getLogger(__name__)


def follow_rules(
    connection: Connection, site: Site, account: Account, message: Message, decision: Decision, ticket: TicketId,
    number: str, now: datetime,
) -> int:  # fmt: skip
    """Do to the ticket of a message what its rules say; return how many alerts are to be sent."""
    add_tags(connection, account.organisation, ticket, decision.tags)
    if not decision.notify_at_once:
        return 0
    return _notify(connection, site, account, message, decision, ticket, number, now)


def _notify(
    connection: Connection, site: Site, account: Account, message: Message, decision: Decision, ticket: TicketId,
    number: str, now: datetime,
) -> int:  # fmt: skip
    """Put the alerts about a ticket into the outbox; return how many. The event says whom, never why (P12).

    An alert that cannot be written must not hold back the ticket.
    """
    intents = alerts_at_once(message, decision, account, site, number)
    try:
        drafts = [render(each, site, key=f"alert.{number}.{secrets.token_hex(6)}", now=now) for each in intents]
    except BadInput:
        log.exception("the alert about a ticket could not be written")
        intents, drafts = (), []
    for intent, draft in zip(intents, drafts, strict=True):
        add_outgoing(connection, intent, draft, at=now, ticket=ticket)
    append(
        connection, "notified" if intents else "nobody_to_notify", at=now, organisation=account.organisation,
        actor="decide", account=account.id, ticket=ticket, to=[each.recipient for each in intents],
    )  # fmt: skip
    return len(intents)
