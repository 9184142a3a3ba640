"""Opt out: whoever texts STOP gets no SMS from us until they text START (domain.md 3.7 rows 2 and 3).

Twilio acts on the English words by itself; on the Swedish and Finnish ones only we do.

Reads: the message.
Writes: the suppression list, an event; both in the deciding transaction.
"""

from datetime import datetime

from domain.account import Account, Channel
from domain.ids import MessageId, TicketId
from domain.message import Message
from domain.opt_words import OUT, opt_word_of
from domain.suppression import SuppressionReason
from store.database import Connection
from store.events import append
from store.suppressions import add_suppression, release_suppression


def note_opt_word(
    connection: Connection, account: Account, message: Message, id: MessageId, ticket: TicketId | None, now: datetime
) -> None:
    """Enter a number that opts out on the list, and take off one that comes back; else nothing."""
    word = opt_word_of(message.text) if message.channel is Channel.sms else None
    if word is None or message.sender is None:
        return
    number = message.sender.address
    if word in OUT:
        changed = add_suppression(
            connection, account.organisation, number, word.upper(), now, reason=SuppressionReason.opted_out
        )
    else:
        changed = release_suppression(connection, account.organisation, number, SuppressionReason.opted_out)
    if changed:
        append(
            connection, "opted_out" if word in OUT else "opted_in", at=now, organisation=account.organisation,
            actor="decide", account=account.id, message=id, ticket=ticket, word=word.upper(),
        )  # fmt: skip
