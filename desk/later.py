"""Later: the intent of what a citizen is told automatically after the receipt: a delay, or that it takes longer."""

from datetime import datetime

from desk.route import reply_slots, thread_of_reply
from domain.account import Account, AutoReply
from domain.message import Message
from domain.outgoing import Outgoing, OutgoingKind
from domain.site import Site
from domain.ticket import Ticket


def later_reply(
    ticket: Ticket, message: Message, account: Account, site: Site, *, template: str, to: str, answer_at: datetime,
    now: datetime, handler: str = "",
) -> Outgoing:  # fmt: skip
    """Return a text about a ticket, in its language and in the thread of its message.

    Args:
        ticket: what it is about.
        message: the citizen's, which it answers; nothing of it is said.
        account: where the message arrived, and what it is answered from.
        site: the configuration.
        template: such as `delay` or `holding`.
        to: the one address it may go to.
        answer_at: the time that it names.
        now: to know the next opening.
        handler: the name of whoever has the ticket, for texts that say it.
    """
    slots = reply_slots(site, account, ticket.number, ticket.arrived_at, answer_at, now)
    return Outgoing(
        kind=OutgoingKind.receipt,
        organisation=ticket.organisation,
        account=account.id,
        channel=account.channel,
        recipient=to,
        template=template,
        language=ticket.language,
        slots={**slots, "unit": site.unit(ticket.unit).name, "handler": handler},
        references=thread_of_reply(message),
        shadow=account.auto_reply is AutoReply.shadow,
    )
