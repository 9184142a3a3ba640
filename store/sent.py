"""What was sent, or will be: read for the ticket's page and for the alerts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from domain.ids import AccountId, FindingId, OrganisationId, OutgoingId, TicketId
from domain.outgoing import OutgoingKind, SendState, named_answer_at
from domain.viewer import Viewer
from store.columns import Instant
from store.merges import in_ticket
from store.schema import automatic_replies, outgoing
from store.statements import in_parts, is_among
from store.visibility import sees_about


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOutgoing:
    """An outgoing message as it is shown."""

    id: OutgoingId
    organisation: OrganisationId
    kind: OutgoingKind
    state: SendState
    account: AccountId
    ticket: TicketId | None
    finding: FindingId | None
    message_id: str
    recipient: str
    subject: str
    text: str
    language: str
    template: str
    created_at: datetime
    sent_at: datetime | None
    why: str
    #: By when its text says that an answer comes; None: it names no time.
    answer_at: datetime | None = None
    #: The person who wrote it; empty: a machine did.
    author: str = ""
    #: When a mail server said that it did not arrive; None: nobody said so.
    bounced_at: datetime | None = None
    #: As in RFC 3463, such as 5.1.1, or the provider's code; empty: none was given.
    bounce_status: str = ""
    #: What that means, in Swedish; empty: the status says it.
    bounce_why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OurMessage:
    """One of our own messages that somebody refers to."""

    id: OutgoingId
    organisation: OrganisationId
    message_id: str
    kind: OutgoingKind
    recipient: str
    ticket: TicketId | None


def list_of_ticket(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> tuple[StoredOutgoing, ...]:
    """Return what was sent to the citizen about a ticket, oldest first; nothing when its content may not be seen."""
    query = (
        sa.select(outgoing)
        .where(
            in_ticket(outgoing.c.ticket_id, ticket), outgoing.c.kind != OutgoingKind.alert, sees_about(viewer, outgoing)
        )
        .order_by(outgoing.c.id)
    )
    return tuple(stored(row) for row in connection.execute(query).mappings())


def list_alerts(connection: sa.Connection, viewer: Viewer, *, limit: int = 100) -> tuple[StoredOutgoing, ...]:
    """Return alerts to managers, newest first; they carry no citizen content."""
    query = (
        sa.select(outgoing)
        .where(outgoing.c.kind == OutgoingKind.alert, sees_about(viewer, outgoing))
        .order_by(outgoing.c.id.desc())
        .limit(limit)
    )
    return tuple(stored(row) for row in connection.execute(query).mappings())


def list_alerts_of_findings(
    connection: sa.Connection, viewer: Viewer, findings: Collection[FindingId]
) -> tuple[StoredOutgoing, ...]:
    """Return the alerts that these findings led to, oldest first."""
    query = (
        sa.select(outgoing)
        .where(
            outgoing.c.kind == OutgoingKind.alert,
            outgoing.c.finding_id.in_(sorted(findings)),
            sees_about(viewer, outgoing),
        )
        .order_by(outgoing.c.id)
    )
    return tuple(stored(row) for row in connection.execute(query).mappings())


def get_alert(connection: sa.Connection, viewer: Viewer, id: OutgoingId) -> StoredOutgoing:
    """Return an alert to a manager. Raises KeyError when the viewer may see none of that number."""
    query = sa.select(outgoing).where(
        outgoing.c.id == id, outgoing.c.kind == OutgoingKind.alert, sees_about(viewer, outgoing)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise KeyError(id)
    return stored(row)


def find_our_messages(
    connection: sa.Connection, viewer: Viewer, message_ids: Collection[str]
) -> tuple[OurMessage, ...]:
    """Return which of these Message-IDs are ours."""
    return tuple(
        OurMessage(
            id=row["id"],
            organisation=row["organisation_id"],
            message_id=row["message_id"],
            kind=OutgoingKind(row["kind"]),
            recipient=row["recipient"],
            ticket=row["ticket_id"],
        )
        for some in in_parts(sorted(message_ids))
        for row in connection.execute(_ours(viewer), {"message_ids": some}).mappings()
    )


@lru_cache(maxsize=64)
def _ours(viewer: Viewer) -> sa.Select[Any]:
    named = is_among(outgoing.c.message_id, "message_ids")
    columns = ("id", "organisation_id", "message_id", "kind", "recipient", "ticket_id")
    return sa.select(*(outgoing.c[name] for name in columns)).where(named, sees_about(viewer, outgoing))


def claim_window(
    connection: sa.Connection, *, family: str, address: str, mailbox: str, organisation: OrganisationId,
    outgoing_id: OutgoingId, at: datetime, window: timedelta,
) -> bool:  # fmt: skip
    """Take the one place for an automatic reply per (family, address, mailbox) and window; once (P7).

    The same outgoing message may take it again, so that a retry is not held back by itself.
    """
    asked = {
        "family": family, "address": address, "mailbox": mailbox, "organisation_id": organisation,
        "last_at": at, "outgoing_id": outgoing_id, "over": at - window,
    }  # fmt: skip
    return connection.execute(_claim_window(connection.dialect.name), asked).first() is not None


@lru_cache(maxsize=2)
def _claim_window(dialect: str) -> sa.Insert:
    """Return the conditional update, built once: it runs for every automatic reply."""
    insert = sqlite.insert(automatic_replies) if dialect == "sqlite" else postgresql.insert(automatic_replies)
    names = ("family", "address", "mailbox", "organisation_id", "last_at", "outgoing_id")
    mine = automatic_replies.c.outgoing_id == insert.excluded.outgoing_id
    free = automatic_replies.c.last_at <= sa.bindparam("over", type_=Instant)
    return (
        insert.values({name: sa.bindparam(name) for name in names})
        .on_conflict_do_update(
            index_elements=["family", "address", "mailbox"],
            set_={"last_at": insert.excluded.last_at, "outgoing_id": insert.excluded.outgoing_id},
            where=sa.or_(free, mine),
        )
        .returning(automatic_replies.c.family)
    )


def release_window(connection: sa.Connection, outgoing_id: OutgoingId) -> None:
    """Give the place back that an outgoing message took, because it never went."""
    connection.execute(automatic_replies.delete().where(automatic_replies.c.outgoing_id == outgoing_id))


def stored(row: sa.RowMapping) -> StoredOutgoing:
    """Return a whole row of the outbox as it is shown."""
    return StoredOutgoing(
        id=row["id"],
        organisation=row["organisation_id"],
        kind=OutgoingKind(row["kind"]),
        state=SendState(row["state"]),
        account=row["account_id"],
        ticket=row["ticket_id"],
        finding=row["finding_id"],
        message_id=row["message_id"],
        recipient=row["recipient"],
        subject=row["subject"],
        text=row["text"],
        language=row["language"],
        template=row["template"],
        created_at=row["created_at"],
        sent_at=row["sent_at"],
        why=row["why"],
        answer_at=named_answer_at(row["slots"]),
        author=row["author"] or "",
        bounced_at=row["bounced_at"],
        bounce_status=row["bounce_status"],
        bounce_why=row["bounce_why"],
    )
