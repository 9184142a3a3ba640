"""What is owed: tickets whose answer is due soon or whose time has passed, and the threads that they belong to."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.ids import AccountId, TicketId, UnitId
from domain.outgoing import OutgoingKind, SendState
from domain.viewer import Viewer
from store.schema import messages, outgoing, tickets
from store.schema.work import ANSWER_OWED, NOTICE_OWED
from store.visibility import sees_about, sees_content


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSoon:
    """A ticket whose answer is due soon by somebody's hours, with what says by whose."""

    id: TicketId
    account: AccountId
    unit: UnitId
    answer_due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What was written about a ticket, as far as a reply must know."""

    #: Where its automatic reply went, or is to go; None: none did, or it came back.
    recipient: str | None
    #: When the citizen last wrote; None: no message belongs to it.
    wrote_at: datetime | None
    #: Message-IDs of the citizen's messages, oldest first.
    message_ids: tuple[str, ...]
    #: SHA-256 of the first original; empty: no message belongs to it. No other ticket of the account begins with it.
    original: str


def find_due_soon(connection: sa.Connection, viewer: Viewer, now: datetime, until: datetime) -> tuple[DueSoon, ...]:
    """Return tickets whose answer is due after now and by `until`, and of which no holding reply was decided."""
    query = (
        sa.select(tickets.c.id, tickets.c.account_id, tickets.c.unit_id, tickets.c.answer_due_at)
        .where(
            sa.text(ANSWER_OWED),
            tickets.c.answer_due_at > now,
            tickets.c.answer_due_at <= until,
            tickets.c.held_at.is_(None),
            sees_content(viewer),
        )
        .order_by(tickets.c.answer_due_at, tickets.c.id)
    )
    return tuple(
        DueSoon(id=id, account=account, unit=unit, answer_due_at=due_at)
        for id, account, unit, due_at in connection.execute(query)
    )


def find_gone_late(
    connection: sa.Connection, viewer: Viewer, now: datetime, *, limit: int = 50
) -> tuple[TicketId, ...]:
    """Return tickets of which a clock has passed its time and nobody has noted it."""
    owed = ((NOTICE_OWED, tickets.c.notice_due_at), (ANSWER_OWED, tickets.c.answer_due_at))
    found: dict[TicketId, None] = {}
    for condition, due_at in owed:
        query = (
            sa.select(tickets.c.id)
            .where(sa.text(condition), due_at < now, sees_content(viewer))
            .order_by(due_at, tickets.c.id)
            .limit(limit)
        )
        found |= dict.fromkeys(connection.scalars(query))
    return tuple(found)


def mark_held(connection: sa.Connection, ticket: TicketId, at: datetime) -> bool:
    """Note that it is being decided about a holding reply; return whether this is the first time."""
    statement = tickets.update().where(tickets.c.id == ticket, tickets.c.held_at.is_(None)).values(held_at=at)
    return connection.execute(statement).rowcount == 1


def get_conversation(
    connection: sa.Connection, viewer: Viewer, ticket: TicketId, *, shadow: bool = False
) -> Conversation:
    """Return what was written about a ticket; nothing of one whose content the viewer may not see.

    A receipt that only stood in shadow counts where `shadow` says so: whoever never heard from us is promised nothing.
    """
    counts = sa.true() if shadow else outgoing.c.state != SendState.shadow
    written = connection.execute(
        sa.select(messages.c.message_id, messages.c.arrived_at, messages.c.digest)
        .where(messages.c.ticket_id == ticket, sees_about(viewer, messages))
        .order_by(messages.c.arrived_at, messages.c.id)
    ).all()
    recipient = connection.scalar(
        sa.select(outgoing.c.recipient)
        .where(
            outgoing.c.ticket_id == ticket,
            outgoing.c.kind == OutgoingKind.receipt,
            outgoing.c.bounced_at.is_(None),
            counts,
            sees_about(viewer, outgoing),
        )
        .order_by(outgoing.c.id.desc())
        .limit(1)
    )
    return Conversation(
        recipient=recipient,
        wrote_at=max((each.arrived_at for each in written if each.arrived_at is not None), default=None),
        message_ids=tuple(each.message_id for each in written if each.message_id),
        original=written[0].digest if written else "",
    )
