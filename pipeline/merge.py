"""Merge and split: tickets of the same citizen that are one, and a message that is a matter of its own.

Reads: the tickets, as the person may see them.
Writes: merges, tickets, clocks, events. No message is lost by it: of merged tickets each keeps its own (P1), and who
may not see one of them does not see its messages in the other (P12).
"""

from datetime import datetime

from domain.category import DANGER
from domain.clocks import Clocks, answer_given, asked_again, merged, taken_apart
from domain.decision import Queue
from domain.errors import BadInput
from domain.ids import MessageId, TicketId
from domain.open_time import local_date
from domain.outcome import Outcome
from domain.promises import answer_from
from domain.ticket import Ticket, TicketStatus
from pipeline.desk import ChangedMeanwhile, Desk, NotDone
from store.answers import hold_tickets
from store.clocks import set_clocks
from store.database import Connection
from store.desk import close_ticket
from store.merges import Merge, add_merge, end_merge, find_merge, list_merged, put_elsewhere
from store.messages import StoredMessage, list_of_ticket
from store.new_tickets import NewTicket, open_ticket
from store.tickets import get_ticket, mark_reopened


def merge(desk: Desk, into: TicketId, other: TicketId) -> None:
    """Show a ticket of the same citizen within another, and close it: the earliest promise stands.

    Raises:
        KeyError: one of them does not exist, or the person may not see it.
        NotDone: they are the same, of different people, or merged already.
    """
    with desk.changing(into) as (connection, ticket):
        hold_tickets(connection, {into, other})
        source = get_ticket(connection, desk.user.viewer, other)
        _refuse_odd(connection, desk, ticket, source)
        turned = set_clocks(connection, into, lambda clocks: merged(clocks, source.clocks))
        after = turned.after if turned is not None else ticket.clocks
        add_merge(connection, _merge(desk, ticket, source, after), ticket.clocks, after)
        close_ticket(connection, other, Outcome.duplicate, desk.now)
        desk.log(connection, ticket, "merged", other=source.number)
        desk.log(connection, source, "merged", into=ticket.number)


def take_apart(desk: Desk, into: TicketId, other: TicketId) -> None:
    """Undo a merge: the other ticket is open again, and each has its own promise; an answer since then was for both.

    Raises:
        KeyError: one of them does not exist, or the person may not see it.
        ChangedMeanwhile: they are not merged any more.
    """
    with desk.changing(into) as (connection, ticket):
        hold_tickets(connection, {into, other})
        source = get_ticket(connection, desk.user.viewer, other)
        found = find_merge(connection, desk.user.viewer, other)
        if found is None or not end_merge(connection, other, into, desk.now):
            raise ChangedMeanwhile("they are not merged any more")
        made = Clocks(notice_due_at=found.notice_due_at, answer_due_at=found.answer_due_at)
        before = Clocks(notice_due_at=found.was_notice_due_at, answer_due_at=found.was_answer_due_at)
        set_clocks(connection, into, lambda clocks: taken_apart(clocks, made, before))
        answered_at = ticket.answer_met_at
        if answered_at is not None and answered_at >= found.at:
            set_clocks(connection, other, lambda clocks: answer_given(clocks, answered_at))
        mark_reopened(connection, other)
        desk.log(connection, ticket, "taken_apart", other=source.number)
        desk.log(connection, source, "taken_apart", into=ticket.number)


def split(desk: Desk, id: TicketId, message: MessageId) -> TicketId:
    """Give a message a ticket of its own, with the promise that it had; return the new ticket.

    Raises:
        KeyError: there is no such ticket, or none that the person may see.
        NotDone: the message does not stand in it, or is its only one.
    """
    with desk.changing(id) as (connection, ticket):
        hold_tickets(connection, {id})
        own = [each for each in list_of_ticket(connection, desk.user.viewer, id) if each.ticket == id]
        moved = next((each for each in own if each.id == message), None)
        if moved is None or len(own) < 2:
            raise NotDone("choose one of several messages of the ticket")
        new, number = open_ticket(connection, _ticket_of(desk, ticket, moved))
        put_elsewhere(connection, message, id, new)
        due_at = _due(desk, ticket, moved)
        if due_at is not None:
            set_clocks(connection, new, lambda _: asked_again(ticket.clocks, moved.arrived_at, due_at))
        desk.log(connection, ticket, "split", other=number)
        desk.log(connection, get_ticket(connection, desk.user.viewer, new), "split", into=ticket.number)
    return new


def _refuse_odd(connection: Connection, desk: Desk, ticket: Ticket, source: Ticket) -> None:
    sender = source.sender_address.lower()
    if ticket.id == source.id or not sender or sender != ticket.sender_address.lower():
        raise NotDone("choose another ticket of the same person")
    viewer = desk.user.viewer
    if find_merge(connection, viewer, ticket.id) or find_merge(connection, viewer, source.id):
        raise NotDone("one of them is merged already")
    if list_merged(connection, viewer, source.id):
        raise NotDone("others are merged into it: merge this one into it instead")
    if ticket.observed or source.observed or ticket.status is TicketStatus.closed:
        raise NotDone("choose two tickets of the queue")


def _merge(desk: Desk, ticket: Ticket, source: Ticket, after: Clocks) -> Merge:
    return Merge(
        ticket=source.id, into=ticket.id, organisation=ticket.organisation, at=desk.now, by=desk.user.display_name,
        was_notice_due_at=ticket.notice_due_at, was_answer_due_at=ticket.answer_due_at,
        notice_due_at=after.notice_due_at, answer_due_at=after.answer_due_at,
    )  # fmt: skip


def _ticket_of(desk: Desk, ticket: Ticket, message: StoredMessage) -> NewTicket:
    return NewTicket(
        organisation=ticket.organisation, unit=ticket.unit, account=ticket.account, channel=ticket.channel,
        queue=Queue.normal, needs_a_look=False, look_reason="", category=ticket.category, language=ticket.language,
        urgency=ticket.urgency, secrecy=ticket.secrecy, danger=ticket.category == DANGER, subject=message.subject,
        sender_name=message.sender_name, sender_address=message.sender_address, arrived_at=message.arrived_at,
        opened_at=desk.now, notice_due_at=ticket.notice_due_at, answer_due_at=ticket.answer_due_at,
        calendar=ticket.calendar, follows=ticket.id,
    )  # fmt: skip


def _due(desk: Desk, ticket: Ticket, message: StoredMessage) -> datetime | None:
    today = local_date(desk.now)
    try:
        account = desk.site.account(ticket.account)
        return answer_from(desk.site, account, ticket.unit, ticket.category, message.arrived_at, today)
    except (BadInput, KeyError):
        # Its account is configured no more, or its hours never come: what was promised stands.
        return ticket.answer_due_at
