"""Holding: tell citizens before a promise breaks that it takes longer, and note which promises have broken.

Reads: tickets whose answer is due soon, or whose time has passed; what was written about them.
Writes: that it was decided about a holding reply, the reply in the outbox, what is late, events.
"""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

from desk.later import later_reply
from domain.account import AutoReply
from domain.clocks import Clocks, gone_late
from domain.decision import Reason
from domain.errors import BadInput
from domain.holding import Holding, withheld
from domain.hours import CalendarSettings, Schedule
from domain.ids import AccountId, TicketId, UnitId
from domain.open_time import add_open_time, local_date
from domain.outgoing import OutgoingKind
from domain.promises import answer_from, hours_of_answer
from domain.protocols import Step
from domain.reply_template import ReplyName
from domain.site import Site
from domain.ticket import Ticket
from domain.viewer import MACHINE
from outbox.render import render
from pipeline.forward import remind
from pipeline.guard import Guard, guarding
from pipeline.restored import lost_until
from pipeline.runtime import Runtime
from pipeline.window_alarm import warn_of_windows
from store.clocks import set_clocks
from store.database import Connection
from store.events import append
from store.holding import find_due_soon, find_gone_late, get_conversation, mark_held
from store.outgoing import add_outgoing
from store.tickets import get_ticket
from store.users import find_display_name

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Held:
    """How many holding replies were queued and withheld, and how many tickets became late."""

    queued: int = 0
    withheld: int = 0
    late: int = 0


def hold(runtime: Runtime) -> Held:
    """Decide about holding replies and note what is late. Safe to run twice, and by many workers at once.

    What fails holds back nothing else, and is raised at last, so that the step does not count as done.
    """
    held = Held()
    with guarding() as guard:
        guard.do("noting what is late", partial(_note_late, runtime, held, guard))
        guard.do("the windows that close", partial(warn_of_windows, runtime, guard))
        guard.do("the forwards that nobody has answered", partial(remind, runtime))
        guard.do("holding replies", partial(_hold_all, runtime, held, guard))
    return held


def _hold_all(runtime: Runtime, held: Held, guard: Guard) -> None:
    """Decide about each ticket whose answer is due soon; one that cannot be decided holds back no other."""
    site, now = runtime.site(), runtime.now
    soon = cache(lambda account, unit: _soon(site, account, unit, now))
    with runtime.database.read() as connection:
        owed = find_due_soon(connection, MACHINE, now, _horizon(site, now))
    for each in owed:
        if each.answer_due_at <= soon(each.account, each.unit):
            queued = guard.do(f"the holding reply of ticket {each.id}", partial(_hold_one, runtime, site, each.id))
            held.queued += queued is True
            held.withheld += queued is False
    if held.queued:
        runtime.bell.ring(Step.send)


def _horizon(site: Site, now: datetime) -> datetime:
    """Return until when an answer may be due that is due soon by anybody's hours."""
    calendars = (site.calendar_of(each.id) for each in site.organisations)
    ends = (_ahead(schedule, calendar, site, now) for calendar in calendars for schedule in site.schedules)
    return max(ends, default=now)


def _soon(site: Site, account: AccountId, unit: UnitId, now: datetime) -> datetime:
    """Return until when an answer is due soon by the hours of whoever owes it; now, where nobody can tell."""
    try:
        owner = site.account(account)
        schedule = hours_of_answer(site, owner, unit)
    except KeyError:
        return now
    return _ahead(schedule, site.calendar_of(owner.organisation), site, now)


def _ahead(schedule: Schedule, calendar: CalendarSettings, site: Site, now: datetime) -> datetime:
    try:
        return add_open_time(schedule, calendar, now, site.holding.before)
    except BadInput as fault:
        log.debug("by these hours nothing is due soon: %s", fault)
        return now


def _hold_one(runtime: Runtime, site: Site, id: TicketId) -> bool | None:
    """Decide about one ticket in one transaction; return whether a reply was queued, None when another worker did."""
    now = runtime.now
    with runtime.database.write() as connection:
        if not mark_held(connection, id, now):
            return None
        ticket = get_ticket(connection, MACHINE, id)
        holding = holding_of(connection, site, ticket, now)
        against = withheld(site.holding, holding, now) if isinstance(holding, Holding) else holding
        if isinstance(holding, Holding) and not against:
            against = queue_holding(connection, site, holding, now)
        _tell(connection, ticket, against, now)
    return not against


def holding_of(connection: Connection, site: Site, ticket: Ticket, now: datetime) -> Holding | tuple[Reason, ...]:
    """Return what a holding reply hangs on; reasons against it when no new time can be promised (fail closed)."""
    account = site.account(ticket.account)
    # In shadow all that is shown is what would go: there a receipt in shadow is as good as one that went.
    said = get_conversation(connection, MACHINE, ticket.id, shadow=account.auto_reply is AutoReply.shadow)
    target = site.holding.target
    try:
        new_due_at = answer_from(site, account, ticket.unit, ticket.category, now, local_date(now), target)
    except BadInput as fault:
        return (Reason("3.3/38", str(fault)),)
    return Holding(
        ticket=ticket,
        account=account,
        recipient=said.recipient,
        wrote_at=said.wrote_at or ticket.arrived_at,
        new_due_at=new_due_at,
    )


def queue_holding(connection: Connection, site: Site, holding: Holding, now: datetime) -> tuple[Reason, ...]:
    """Put the reply into the outbox; return why it cannot be written, which must not hold up the others."""
    ticket = holding.ticket
    said = get_conversation(connection, MACHINE, ticket.id)
    handler = find_display_name(connection, MACHINE, ticket.assignee) if ticket.assignee is not None else ""
    try:
        intent = later_reply(
            ticket, holding.account, site, kind=OutgoingKind.holding, template=ReplyName.holding,
            to=holding.recipient or "", references=said.message_ids, answer_at=holding.new_due_at, now=now,
            handler=handler,
        )  # fmt: skip
        draft = render(intent, site, key=_key(ticket, said.original), now=now)
    except BadInput as fault:
        return (Reason("3.3/38", str(fault)),)
    # A lost machine that had the ticket may have sent it: by itself, or because a colleague asked for it.
    in_doubt = ticket.arrived_at < lost_until(connection)
    add_outgoing(connection, intent, draft, at=now, ticket=ticket.id, in_doubt=in_doubt)
    return ()


def _key(ticket: Ticket, original: str) -> str:
    """Return what makes the reply's Message-ID its own: the same for the same ticket, also on a restored machine.

    Forms send several mails within a second, and some name none: only the original tells them apart.
    """
    told = " ".join((ticket.account, ticket.arrived_at.isoformat(), ticket.sender_address, original))
    return f"holding.{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _tell(connection: Connection, ticket: Ticket, against: tuple[Reason, ...], now: datetime) -> None:
    append(
        connection, "holding_withheld" if against else "holding_queued", at=now, organisation=ticket.organisation,
        actor="hold", account=ticket.account, ticket=ticket.id,
        reasons=[{"row": reason.row, "matched": reason.matched} for reason in against],
    )  # fmt: skip


def _note_late(runtime: Runtime, held: Held, guard: Guard) -> None:
    """Note each clock that has passed its time, once; one that cannot be noted holds back no other."""
    now = runtime.now
    left: set[TicketId] = set()
    while True:
        with runtime.database.read() as connection:
            found = [id for id in find_gone_late(connection, MACHINE, now) if id not in left]
        if not found:
            return
        try:
            with runtime.database.write() as connection:
                held.late += sum(_note_one_late(connection, id, now) for id in found)
        except Exception:
            log.exception("%d tickets that are late could not be noted together: each is noted alone", len(found))
            for id in found:
                noted = guard.do(f"noting that ticket {id} is late", partial(_note_alone, runtime, id, now))
                held.late += noted is True
                left |= {id} if noted is None else set()


def _note_alone(runtime: Runtime, id: TicketId, now: datetime) -> bool:
    """Note that a ticket is late, in a transaction of its own."""
    with runtime.database.write() as connection:
        return _note_one_late(connection, id, now)


def _note_one_late(connection: Connection, id: TicketId, now: datetime) -> bool:
    turned = set_clocks(connection, id, lambda clocks: gone_late(clocks, now))
    if turned is None:
        return False
    ticket = get_ticket(connection, MACHINE, id)
    for kind, due_at in _newly_late(turned.before, turned.after):
        append(
            connection, kind, at=now, organisation=ticket.organisation, actor="hold", account=ticket.account,
            ticket=id, due_at=due_at.isoformat(), calendar=ticket.calendar,
        )  # fmt: skip
    return True


def _newly_late(before: Clocks, after: Clocks) -> Iterator[tuple[str, datetime]]:
    if before.notice_late_at is None and after.notice_late_at is not None and after.notice_due_at is not None:
        yield "notice_late", after.notice_due_at
    if before.answer_late_at is None and after.answer_late_at is not None and after.answer_due_at is not None:
        yield "answer_late", after.answer_due_at
