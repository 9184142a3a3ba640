"""Route: a decision becomes a ticket in somebody's queue, and the intent of an automatic reply."""

from collections.abc import Sequence
from datetime import datetime

from domain.account import Account, AutoReply, Mode
from domain.category import DANGER, Secrecy
from domain.decision import Decision
from domain.message import Message
from domain.open_time import is_open, next_opening
from domain.outgoing import Outgoing, OutgoingKind
from domain.reply_template import self_service_slots
from domain.site import Site
from store.new_tickets import NewTicket

#: The row of the screen that says that a person has answered already (domain.md 3.3).
ANSWERED = "3.3/36"

#: A thread is named by its latest Message-IDs, and by no more than fit into a few lines: a receipt is small (RFC 3834
#: section 2), and a hostile sender may write very long ones.
MOST_REFERENCES = 20
LONGEST_REFERENCES = 900


def ticket_for(message: Message, decision: Decision, account: Account, now: datetime) -> NewTicket:
    """Return the ticket that a decision asks for."""
    due = decision.due
    return NewTicket(
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
        answered=_is_answered(decision),
        by_form=due.by_form if due else False,
        observed=account.mode is Mode.observe,
    )


def automatic_reply(
    message: Message, decision: Decision, account: Account, site: Site, number: str, now: datetime
) -> Outgoing | None:
    """Return the automatic reply that a decision asks for, or None."""
    reply = decision.reply
    if not (reply.send and reply.to and reply.template and decision.due):
        return None
    slots = {
        **reply_slots(site, account, number, message.arrived_at, decision.due.answer_at, now),
        **_self_service(decision, site),
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
        references=thread_of_reply(message),
        shadow=account.auto_reply is AutoReply.shadow,
    )


def reply_slots(
    site: Site, account: Account, number: str, arrived_at: datetime, answer_at: datetime, now: datetime
) -> dict[str, str]:
    """Return the values that every text for a citizen may say; nothing of the citizen's message is among them.

    `domain.reply_template.SLOTS` says what each is.
    """
    organisation, schedule = site.organisation(account.organisation), site.schedule_of(account)
    calendar = site.calendar_of(account.organisation)
    return {
        "number": number,
        "organisation": organisation.name,
        "sms_name": organisation.sms_name or organisation.name,
        "unit": site.unit(account.unit).name,
        "contact": organisation.contact,
        "on_call": organisation.on_call,
        "privacy_url": organisation.privacy_url,
        "complaint_url": organisation.complaint_url,
        "instead": account.instead,
        "arrived_at": arrived_at.isoformat(),
        "answer_at": answer_at.isoformat(),
        "opens_at": next_opening(schedule, calendar, now).isoformat(),
        "closed": "" if is_open(schedule, calendar, now) else "yes",
    }


def _self_service(decision: Decision, site: Site) -> dict[str, str]:
    """Return what the category says beside the time, by language; of a sensitive matter nothing (domain.md 7.2)."""
    if decision.secrecy is Secrecy.SK2:
        return {}
    about = site.find_category(decision.classification.category)
    return self_service_slots(about.self_service) if about else {}


def _is_answered(decision: Decision) -> bool:
    """Say whether nothing is left to do, since a person has answered; never of what is dangerous or needs a look."""
    answered = any(reason.row == ANSWERED for reason in decision.reply.reasons)
    return answered and not decision.needs_a_look and not decision.classification.safety


def _look_reason(message: Message, decision: Decision) -> str:
    if not decision.needs_a_look:
        return ""
    rows = [f"{reason.row}: {reason.matched}" for reason in decision.reply.reasons]
    return "; ".join([*message.defects, *rows])[:1000]


def thread_of_reply(message: Message) -> tuple[str, ...]:
    """Return the Message-IDs that a reply refers to, oldest first: as many of the latest as fit."""
    return () if message.message_id is None else latest_that_fit((*message.references, message.message_id))


def latest_that_fit(message_ids: Sequence[str]) -> tuple[str, ...]:
    """Return as many of the latest Message-IDs as a reply may name, oldest first; none if the last cannot be named."""
    kept: list[str] = []
    room = LONGEST_REFERENCES
    for reference in reversed(message_ids[-MOST_REFERENCES - 1 :]):
        if not _fits(reference, room):
            break
        kept.insert(0, reference)
        room -= len(reference)
    return tuple(kept)


def _fits(message_id: str, room: int) -> bool:
    return message_id.isascii() and message_id.isprintable() and len(message_id) <= room
