"""Later: the intent of what a citizen is told automatically after the receipt: a delay, or that it takes longer."""

from collections.abc import Sequence
from datetime import datetime

from desk.route import latest_that_fit, reply_slots
from domain.account import Account, AutoReply
from domain.category import Secrecy
from domain.outgoing import Outgoing, OutgoingKind
from domain.site import Site
from domain.ticket import Ticket


def later_reply(
    ticket: Ticket, account: Account, site: Site, *, kind: OutgoingKind, template: str, to: str,
    references: Sequence[str], answer_at: datetime, now: datetime, handler: str = "",
) -> Outgoing:  # fmt: skip
    """Return a text about a ticket, in its language and in the thread of its messages; nothing of them is said.

    Args:
        ticket: what it is about.
        account: where the message arrived, and what it is answered from.
        site: the configuration.
        kind: a receipt or a holding reply, as the brakes count it.
        template: such as `delay` or `holding`.
        to: the one address it may go to.
        references: Message-IDs of the thread, oldest first; the latest that fit are named.
        answer_at: the time that it names.
        now: to know the next opening.
        handler: the name of whoever has the ticket; empty: nobody has it yet, and the unit stands alone (R30).
    """
    sensitive = ticket.secrecy is Secrecy.SK2
    # A sensitive matter's unit says what it is about: it is told no more than whom the citizen wrote to.
    slots = {
        **reply_slots(site, account, ticket.number, ticket.arrived_at, answer_at, now),
        "unit": site.unit(account.unit if sensitive else ticket.unit).name,
        "handler": "" if sensitive else handler,
    }
    return Outgoing(
        kind=kind,
        organisation=account.organisation,
        account=account.id,
        channel=account.channel,
        recipient=to,
        template=template,
        language=ticket.language,
        slots=slots,
        references=latest_that_fit(references),
        shadow=account.auto_reply is AutoReply.shadow,
    )
