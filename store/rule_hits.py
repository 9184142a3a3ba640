"""Rule hits: which messages each rule hit, written with the decision, to be counted and found."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.ids import MessageId, OrganisationId, RuleId, TicketId
from domain.viewer import Viewer
from store.rows import insert_all
from store.schema import messages, rule_hits, tickets
from store.visibility import sees_content, sees_decided, sees_message


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that hit a message."""

    message: MessageId
    rule: RuleId
    organisation: OrganisationId


@dataclass(frozen=True, slots=True, kw_only=True)
class HitTicket:
    """A ticket with a message that a rule hit."""

    ticket: TicketId
    number: str
    subject: str
    #: When the message came.
    arrived_at: datetime


def add_hits(connection: sa.Connection, hits: Sequence[RuleHit], at: datetime) -> None:
    """Keep which rules hit the messages of a decided batch."""
    rows = [
        {"message_row": hit.message, "rule_id": hit.rule, "organisation_id": hit.organisation, "at": at} for hit in hits
    ]
    insert_all(connection, rule_hits, rows)


def drop_old_hits(connection: sa.Connection, before: datetime, *, most: int = 5000) -> int:
    """Forget the oldest of what was decided before then, at most so many messages; return how many rows went."""
    oldest = sa.select(rule_hits.c.message_row).order_by(rule_hits.c.message_row).limit(most)
    old = (rule_hits.c.message_row.in_(oldest.scalar_subquery()), rule_hits.c.at < before)
    return connection.execute(rule_hits.delete().where(*old)).rowcount


def count_hits(
    connection: sa.Connection, viewer: Viewer, rules: Collection[RuleId], since: datetime
) -> dict[RuleId, int]:
    """Return how many messages each rule has hit since then, of those that the viewer may know of."""
    query = (
        sa.select(rule_hits.c.rule_id, sa.func.count())
        .join(messages, messages.c.id == rule_hits.c.message_row)
        .where(
            rule_hits.c.rule_id.in_(sorted(rules)),
            rule_hits.c.at >= since,
            sees_message(viewer),
            sa.or_(messages.c.ticket_id.is_not(None), sees_decided(viewer)),
        )
        .group_by(rule_hits.c.rule_id)
    )
    if viewer.organisation is not None:
        query = query.where(rule_hits.c.organisation_id == viewer.organisation)
    return {RuleId(rule): count for rule, count in connection.execute(query)}


def list_hit_tickets(
    connection: sa.Connection, viewer: Viewer, rule: RuleId, *, limit: int = 20
) -> tuple[HitTicket, ...]:
    """Return the tickets with messages that a rule hit, of those whose content the viewer may see, the latest first."""
    query = (
        sa.select(tickets.c.id, tickets.c.number, tickets.c.subject, sa.func.max(messages.c.arrived_at))
        .select_from(rule_hits)
        .join(messages, messages.c.id == rule_hits.c.message_row)
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .where(rule_hits.c.rule_id == rule, sees_content(viewer))
        .group_by(tickets.c.id, tickets.c.number, tickets.c.subject)
        .order_by(sa.func.max(messages.c.arrived_at).desc(), tickets.c.id.desc())
        .limit(limit)
    )
    if viewer.organisation is not None:
        query = query.where(rule_hits.c.organisation_id == viewer.organisation)
    return tuple(
        HitTicket(ticket=id, number=number, subject=subject, arrived_at=at)
        for id, number, subject, at in connection.execute(query)
    )
