"""Bounces: what we sent and did not arrive, and the notice that was then not given (P10); alerts too (P11)."""

from datetime import datetime

import sqlalchemy as sa

from domain.alerting import BouncedAlert
from domain.clocks import answer_bounced, notice_bounced
from domain.evidence import EvidenceKind
from domain.ids import OutgoingId, TicketId
from domain.outgoing import OutgoingKind, SendState
from domain.viewer import Viewer
from store.clocks import set_clocks
from store.schema import evidence, messages, outgoing, tickets
from store.schema.outbox import ALERT_BOUNCED
from store.visibility import sees_organisation


def mark_bounced(connection: sa.Connection, id: OutgoingId, at: datetime, status: str, why: str = "") -> bool:
    """Note that a message of ours did not arrive, once; return whether that is new.

    Args:
        connection: a transaction that may write.
        id: our message.
        at: when it was told of; aware UTC.
        status: as in RFC 3463, such as 5.1.1, or the provider's code; empty: none was given.
        why: what that means, in Swedish; empty: the status says it.
    """
    result = connection.execute(
        outgoing.update()
        .where(outgoing.c.id == id, outgoing.c.bounced_at.is_(None))
        .values(bounced_at=at, bounce_status=status, bounce_why=why)
    )
    return result.rowcount == 1


def mark_arrived(connection: sa.Connection, id: OutgoingId) -> bool:
    """Take back that a message of ours did not arrive; return whether that had been noted."""
    result = connection.execute(
        outgoing.update()
        .where(outgoing.c.id == id, outgoing.c.bounced_at.is_not(None))
        .values(bounced_at=None, bounce_status="", bounce_why="")
    )
    return result.rowcount == 1


def list_bounced_alerts(connection: sa.Connection, viewer: Viewer, since: datetime) -> tuple[BouncedAlert, ...]:
    """Return the alerts that turned out, from then on, not to have reached their readers; oldest first."""
    query = (
        sa.select(outgoing.c.organisation_id, outgoing.c.account_id, outgoing.c.recipient, outgoing.c.bounced_at)
        .where(sa.text(ALERT_BOUNCED), outgoing.c.bounced_at >= since, sees_organisation(viewer, outgoing))
        .order_by(outgoing.c.bounced_at, outgoing.c.id)
    )
    return tuple(
        BouncedAlert(organisation=row.organisation_id, account=row.account_id, to=row.recipient, at=row.bounced_at)
        for row in connection.execute(query)
    )


def mark_notice_not_met(connection: sa.Connection, ticket: TicketId) -> bool:
    """Let the notice clock run again, unless another message of ours has arrived; return whether it had been stopped.

    What a person has answered, in the mailbox too, stays as it is (`notice_bounced`).
    """
    if connection.scalar(_arrived(ticket, outgoing.c.kind != OutgoingKind.alert).limit(1)) is not None:
        return False
    return set_clocks(connection, ticket, notice_bounced) is not None


def mark_answer_not_met(connection: sa.Connection, ticket: TicketId) -> bool:
    """Let the answer clock run again, unless a person has answered in another way; return whether it had been stopped.

    Another way is an answer of ours that arrived, or one that was seen in the mailbox; both to what was asked last.
    """
    ours = _arrived(ticket, outgoing.c.kind == OutgoingKind.answer, _to_what_was_asked_last(outgoing.c.sent_at))
    in_mailbox = (
        sa.select(evidence.c.id)
        .join(messages, messages.c.id == evidence.c.message_row)
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .where(
            tickets.c.id == ticket,
            evidence.c.kind == EvidenceKind.answered,
            _to_what_was_asked_last(evidence.c.at),
        )
    )
    if any(connection.scalar(query.limit(1)) is not None for query in (ours, in_mailbox)):
        return False
    return set_clocks(connection, ticket, answer_bounced) is not None


def _arrived(ticket: TicketId, *conditions: sa.ColumnElement[bool]) -> sa.Select[tuple[int]]:
    return (
        sa.select(outgoing.c.id)
        .join(tickets, tickets.c.id == outgoing.c.ticket_id)
        .where(tickets.c.id == ticket, outgoing.c.state == SendState.sent, outgoing.c.bounced_at.is_(None), *conditions)
    )


def _to_what_was_asked_last(at: sa.ColumnElement[datetime]) -> sa.ColumnElement[bool]:
    return sa.or_(tickets.c.answer_from_at.is_(None), at >= tickets.c.answer_from_at)
