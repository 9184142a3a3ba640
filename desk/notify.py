"""Notify: who is told at once that a ticket cannot wait, without a word of what it is about (P12)."""

from domain.account import Account
from domain.decision import Decision
from domain.message import Message
from domain.outgoing import Outgoing, OutgoingKind
from domain.site import Site

#: Alerts are written in Swedish: whoever is on duty works in it.
LANGUAGE = "sv"

TEMPLATE = "act_now"


def alerts_at_once(
    message: Message, decision: Decision, account: Account, site: Site, number: str
) -> tuple[Outgoing, ...]:
    """Return an alert to everybody on duty, else to the manager of the ticket's unit; none when there is nobody."""
    manager = site.manager_of_unit(decision.unit)
    recipients = site.on_duty or ((manager.email,) if manager else ())
    slots = {
        "number": number,
        "unit": site.unit(decision.unit).name,
        "account": account.name,
        "arrived_at": message.arrived_at.isoformat(),
        "contact": site.organisation(account.organisation).contact,
    }
    return tuple(
        Outgoing(
            kind=OutgoingKind.alert,
            organisation=account.organisation,
            account=account.id,
            channel=account.channel,
            recipient=recipient,
            template=TEMPLATE,
            language=LANGUAGE,
            slots=slots,
        )
        for recipient in recipients
    )
