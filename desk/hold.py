"""Hold: the intent of a holding reply, which names who has the matter and a new time."""

from collections.abc import Sequence
from datetime import datetime

from desk.route import latest_that_fit, reply_slots
from domain.account import AutoReply
from domain.category import Secrecy
from domain.holding import Holding
from domain.outgoing import Outgoing, OutgoingKind
from domain.reply_template import ReplyName
from domain.site import Site


def holding_reply(holding: Holding, site: Site, references: Sequence[str], handler: str, now: datetime) -> Outgoing:
    """Return the intent of a holding reply.

    Args:
        holding: the ticket, and where the reply goes. It must have a recipient.
        site: the configuration.
        references: Message-IDs of the thread, oldest first.
        handler: the name of who has the ticket; empty: nobody has it yet, and the unit stands alone (R30).
        now: when it is written.
    """
    ticket, account = holding.ticket, holding.account
    sensitive = ticket.secrecy is Secrecy.SK2
    # A sensitive matter's unit says what it is about: it is told no more than whom the citizen wrote to.
    slots = {
        **reply_slots(site, account, ticket.number, ticket.arrived_at, holding.new_due_at, now),
        "unit": site.unit(account.unit if sensitive else ticket.unit).name,
        "handler": "" if sensitive else handler,
    }
    return Outgoing(
        kind=OutgoingKind.holding,
        organisation=account.organisation,
        account=account.id,
        channel=account.channel,
        recipient=holding.recipient or "",
        template=ReplyName.holding,
        language=ticket.language,
        slots=slots,
        references=latest_that_fit(references),
        shadow=account.auto_reply is AutoReply.shadow,
    )
