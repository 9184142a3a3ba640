"""Route: a decision becomes a ticket in somebody's queue, and the intent of an automatic reply."""

from datetime import datetime

from domain.account import Account, AutoReply
from domain.decision import Decision
from domain.ids import CategoryId, TicketId
from domain.message import Message
from domain.open_time import next_opening
from domain.outgoing import Outgoing, OutgoingKind
from domain.site import Site
from store.database import Connection
from store.tickets import NewTicket, open_ticket

#: The category of danger to life, also seen by leads (P12).
DANGER = CategoryId("fara")


def open_for(
    connection: Connection, message: Message, decision: Decision, account: Account, now: datetime
) -> tuple[TicketId, str]:
    """Open the ticket that a decision asks for; return its row and number."""
    due = decision.due
    return open_ticket(
        connection,
        NewTicket(
            organisation=account.organisation,
            unit=decision.unit,
            account=account.id,
            channel=message.channel,
            queue=decision.queue,
            needs_a_look=decision.needs_a_look,
            look_reason=_look_reason(message, decision),
            category=decision.classification.category,
            language=decision.language.code,
            urgency=decision.urgency,
            secrecy=decision.secrecy,
            danger=decision.classification.category == DANGER,
            subject=message.subject,
            sender_name=message.sender.name if message.sender else "",
            sender_address=message.sender.address if message.sender else "",
            arrived_at=message.arrived_at,
            opened_at=now,
            notice_due_at=due.notice_at if due else None,
            answer_due_at=due.answer_at if due else None,
            calendar=due.calendar if due else "",
        ),
    )


def automatic_reply(
    message: Message, decision: Decision, account: Account, site: Site, number: str, now: datetime
) -> Outgoing | None:
    """Return the automatic reply that a decision asks for, or None."""
    reply = decision.reply
    if not (reply.send and reply.to and reply.template and decision.due):
        return None
    organisation = site.organisation(account.organisation)
    slots = {
        "number": number,
        "organisation": organisation.name,
        "unit": site.unit(account.unit).name,
        "contact": organisation.contact,
        "privacy_url": organisation.privacy_url,
        "arrived_at": message.arrived_at.isoformat(),
        "answer_at": decision.due.answer_at.isoformat(),
        "opens_at": next_opening(site.schedule_of(account), site.calendar, now).isoformat(),
    }
    return Outgoing(
        kind=OutgoingKind.receipt,
        organisation=account.organisation,
        account=account.id,
        channel=account.channel,
        recipient=reply.to,
        template=reply.template,
        language=reply.language or decision.language.code,
        slots=slots,
        references=_thread(message),
        shadow=account.auto_reply is AutoReply.shadow,
    )


def _look_reason(message: Message, decision: Decision) -> str:
    if not decision.needs_a_look:
        return ""
    rows = [f"{reason.row}: {reason.matched}" for reason in decision.reply.reasons]
    return "; ".join([*message.defects, *rows])[:1000]


def _thread(message: Message) -> tuple[str, ...]:
    if message.message_id is None:
        return ()
    return (*message.references[-20:], message.message_id)
