"""Bounces: what we sent and did not arrive, and the notice that was then not given (P10)."""

from datetime import datetime

import sqlalchemy as sa

from domain.clocks import notice_bounced
from domain.ids import OutgoingId, TicketId
from domain.outgoing import OutgoingKind, SendState
from store.clocks import set_clocks
from store.schema import outgoing


def mark_bounced(connection: sa.Connection, id: OutgoingId, at: datetime, status: str) -> bool:
    """Note that a message of ours did not arrive, once; return whether that is new.

    `status`: as in RFC 3463, such as 5.1.1; empty: the mail server gave none.
    """
    result = connection.execute(
        outgoing.update()
        .where(outgoing.c.id == id, outgoing.c.bounced_at.is_(None))
        .values(bounced_at=at, bounce_status=status)
    )
    return result.rowcount == 1


def mark_notice_not_met(connection: sa.Connection, ticket: TicketId) -> bool:
    """Let the notice clock run again, unless another message of ours has arrived; return whether it had been stopped.

    What a person has answered, in the mailbox too, stays as it is (`notice_bounced`).
    """
    arrived = sa.select(outgoing.c.id).where(
        outgoing.c.ticket_id == ticket,
        outgoing.c.kind != OutgoingKind.alert,
        outgoing.c.state == SendState.sent,
        outgoing.c.bounced_at.is_(None),
    )
    if connection.scalar(arrived.limit(1)) is not None:
        return False
    return set_clocks(connection, ticket, notice_bounced) is not None
