"""What became of the last message: read from the store and from what was sent."""

from dataclasses import dataclass

import sqlalchemy as sa

from domain.decision import Queue
from domain.ids import OutgoingId, TicketId
from domain.message import Fate
from domain.ticket import Ticket, TicketStatus
from domain.viewer import MACHINE
from intake.identity import digest
from store.messages import count_by_fate
from store.schema import events, messages, originals, outgoing, suppressions
from store.tickets import list_tickets
from tests.flow.installation import Installation
from tests.flow.screen_cases import Case, Place


@dataclass(frozen=True)
class Kept:
    """What is stored of the message that came last."""

    fate: Fate
    ticket: Ticket | None
    outgoing: OutgoingId | None
    rows: frozenset[str]
    send: bool


def last_message(town: Installation) -> Kept:
    with town.database.read() as connection:
        row = connection.execute(sa.select(messages).order_by(messages.c.id.desc())).mappings().first()
        assert row is not None
        tickets = {each.id: each for each in list_tickets(connection, MACHINE, status=None)}
    reply = row["explanation"]["automatic_reply"]
    ticket = None if row["ticket_id"] is None else tickets[TicketId(row["ticket_id"])]
    return Kept(
        Fate(row["fate"]),
        ticket,
        row["outgoing_id"],
        frozenset(reason["row"] for reason in reply["reasons"]),
        reply["send"],
    )


def is_kept(town: Installation, original: bytes) -> bool:
    """Say whether the original lies in the archive, and no message waits for its fate."""
    with town.database.read() as connection:
        kept = connection.scalar(sa.select(originals.c.digest).where(originals.c.digest == digest(original)))
        return kept is not None and Fate.waiting not in count_by_fate(connection, MACHINE)


def events_of(town: Installation, kind: str) -> list[dict[str, object]]:
    with town.database.read() as connection:
        return [dict(each) for each in connection.scalars(sa.select(events.c.details).where(events.c.kind == kind))]


def suppressed_addresses(town: Installation) -> list[str]:
    with town.database.read() as connection:
        return list(connection.scalars(sa.select(suppressions.c.address)))


def clock_runs(case: Case) -> bool:
    """Clocks run for the normal queue and for what needs a look (design.md section 7), if any can be counted."""
    counted = case.place is not Place.low or case.needs_a_look
    return counted and case.row != 38


def place_of(kept: Kept, earlier: tuple[Ticket, ...]) -> Place:
    if kept.fate is Fate.attached:
        assert kept.outgoing is not None
        assert kept.ticket is None
        return Place.attached
    if kept.fate is Fate.technical:
        return Place.technical
    assert kept.ticket is not None
    if kept.ticket.id in {each.id for each in earlier}:
        return Place.joined
    if kept.ticket.status is TicketStatus.closed:
        return Place.closed
    return {Queue.normal: Place.normal, Queue.low: Place.low}[kept.ticket.queue]


def template_of(town: Installation, message_id: str) -> str:
    with town.database.read() as connection:
        return str(connection.scalar(sa.select(outgoing.c.template).where(outgoing.c.message_id == message_id)))
