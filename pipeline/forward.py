"""Forward: a ticket is sent on to somebody outside or given to a unit, and it is seen whether they answer.

Reads: the ticket with its messages, as the person may see them.
Writes: the forward in the outbox, where it can be taken back like an answer; that an answer is awaited; events.
"""

from datetime import datetime

from domain.account import Account, Channel
from domain.answering import WRITTEN
from domain.category import Secrecy
from domain.forwarding import ADDRESS, forward_subject, forward_text
from domain.ids import OutgoingId, TicketId, UnitId
from domain.outgoing import Outgoing, OutgoingKind
from domain.promises import count_target
from domain.rerouting import RerouteReason
from domain.service_level import Target, TargetKind
from domain.ticket import Ticket
from domain.viewer import MACHINE
from pipeline.answer import checked_text
from pipeline.answer_heading import signature_of
from pipeline.desk import Desk, NotDone
from pipeline.mail_answer import mail_draft
from pipeline.runtime import Runtime
from store.database import Connection
from store.desk import mark_to_look_at
from store.events import append
from store.forwards import Forward, add_forward, find_unanswered, mark_forward_answered, mark_reminded
from store.messages import list_of_ticket
from store.outgoing import add_outgoing
from store.presences import drop_over
from store.tickets import get_ticket


class NeedsYes(NotDone):
    """What stands in the ticket is sensitive or says who somebody is: whoever forwards it says yes first."""


class OurOwn(NotDone):
    """The address is one of ours: the unit gets the ticket itself."""


def forward_outside(desk: Desk, id: TicketId, to: str, text: str, *, sure: bool) -> OutgoingId:
    """Send a ticket's messages on to one address outside, with a word; return its row in the outbox.

    Args:
        desk: who forwards it.
        id: the ticket.
        to: one address.
        text: what is asked of them.
        sure: they have said yes to sending on what is sensitive, or says who somebody is.

    Raises:
        KeyError: there is no such ticket, or none that the person may see.
        OurOwn: the address is an account of ours.
        NeedsYes: the ticket is of SK1 or SK2, and nobody has said yes.
        NotDone: it is no address, or the citizen's own; the ticket did not come by mail.
        TextNotTaken: there is no text, or too much of it.
    """
    address, written = to.strip().lower(), checked_text(desk.site, text)
    if not ADDRESS.fullmatch(address):
        raise NotDone("write one e-mail address")
    if address in desk.site.own_addresses:
        raise OurOwn("the address is ours: give the ticket to its unit")
    with desk.changing(id) as (connection, ticket):
        if address == ticket.sender_address.lower():
            raise NotDone("the address is the citizen's: answer instead")
        if ticket.secrecy is not Secrecy.SK0 and not sure:
            raise NeedsYes("it is sensitive: say that it may be sent on")
        stored = _store(connection, desk, ticket, address, written)
        _await(connection, desk, ticket, stored, address)
        desk.log(connection, ticket, "forwarded", sensitive=ticket.secrecy is not Secrecy.SK0, outside=True)
    return stored


def forward_to_unit(desk: Desk, id: TicketId, unit: UnitId, why: str, reason: RerouteReason | None = None) -> None:
    """Give a ticket to a unit, and see whether it answers. Raises as `Desk.route`; NotDone: it has it already."""
    with desk.database.read() as connection:
        ticket = get_ticket(connection, desk.user.viewer, id)
    if ticket.unit == unit:
        raise NotDone("the unit has it already: choose another")
    desk.route(id, unit, ticket.category, why, reason)
    # Whoever gave it away may see it no more: what follows is written as the machine.
    with desk.database.write() as connection:
        _await(connection, desk, ticket, None, unit)
        desk.log(connection, ticket, "forwarded", outside=False)


def note_answered(desk: Desk, id: TicketId, forward: int) -> None:
    """Note that whoever a ticket was sent on to has answered in another way."""
    with desk.changing(id) as (connection, ticket):
        if mark_forward_answered(connection, id, forward, desk.now):
            desk.log(connection, ticket, "forward_answered")


def remind(runtime: Runtime) -> int:
    """Mark what nobody has answered in time to be looked at, once each; return how many. Safe to run twice."""
    now, reminded = runtime.now, 0
    with runtime.database.read() as connection:
        waiting = find_unanswered(connection, MACHINE, now)
    for each in waiting:
        with runtime.database.write() as connection:
            if mark_reminded(connection, each.id, now):
                mark_to_look_at(connection, each.ticket, f"forward: {each.sent_to}")
                append(
                    connection, "forward_unanswered", at=now, organisation=each.organisation, actor="hold",
                    ticket=each.ticket,
                )  # fmt: skip
                reminded += 1
    with runtime.database.write(durable=False) as connection:
        drop_over(connection, now)
    return reminded


def _store(connection: Connection, desk: Desk, ticket: Ticket, address: str, written: str) -> OutgoingId:
    site, account = desk.site, _account(desk, ticket)
    sensitive = ticket.secrecy is Secrecy.SK2
    came = [
        (each.sender_name or each.sender_address, each.arrived_at, each.text)
        for each in list_of_ticket(connection, desk.user.viewer, ticket.id)
    ]
    organisation = site.organisation(ticket.organisation).name
    whole = forward_text(written, signature_of(site, desk.user, ticket), organisation, came)
    draft = mail_draft(
        site, desk.user, account, ticket.number, forward_subject(ticket.subject, ticket.number, sensitive=sensitive),
        (), whole, (), desk.now, kind=OutgoingKind.forwarded,
    )  # fmt: skip
    intent = Outgoing(
        kind=OutgoingKind.forwarded, organisation=ticket.organisation, account=account.id, channel=Channel.email,
        recipient=address, template=WRITTEN, language="sv",
        slots={"written_chars": str(len(written)), "user": str(desk.user.id)},
    )  # fmt: skip
    stored = add_outgoing(connection, intent, draft, at=desk.now, ticket=ticket.id, wait=site.answers.undo)
    if stored is None:
        raise NotDone("it could not be stored: forward it again")
    return stored


def _account(desk: Desk, ticket: Ticket) -> Account:
    """Return the mail account that a forward goes from. Raises NotDone: the ticket's account is none."""
    account = desk.site.find_account(ticket.account)
    if account is None or account.channel is not Channel.email:
        raise NotDone("it did not come by mail: give it to a unit")
    return account


def _await(connection: Connection, desk: Desk, ticket: Ticket, sent: OutgoingId | None, to: str) -> None:
    forward = Forward(
        ticket=ticket.id, organisation=ticket.organisation, outgoing=sent, sent_to=to, at=desk.now,
        by=desk.user.display_name, due_at=_due(desk, ticket),
    )  # fmt: skip
    add_forward(connection, forward)


def _due(desk: Desk, ticket: Ticket) -> datetime:
    site = desk.site
    target = Target(TargetKind.working_days, days=site.answers.forward_days)
    schedule = site.schedule(site.unit(ticket.unit).schedule)
    due_at, _ = count_target(target, desk.now, schedule, site.calendar_of(ticket.organisation))
    return due_at
