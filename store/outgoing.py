"""The outbox's rows: the exact text first, then how far it got (P8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.account import Channel
from domain.ids import FindingId, MessageId, OrganisationId, OutgoingId, TicketId
from domain.outgoing import AttachedFile, Outgoing, OutgoingKind, Receipt, Rendered, SendState, turn_of
from store.attached_files import put_attached_files
from store.database import database_now
from store.schema import outgoing
from store.schema.outbox import UNSETTLED, URGENT
from store.statements import insert_new
from store.turns import Line, hold_next

#: States in which one worker holds the message.
HELD = (SendState.claimed, SendState.handing_over)

#: How a send ends that did not succeed.
ENDED = (SendState.refused, SendState.cancelled, SendState.uncertain)

_IN_TURN = (outgoing.c.turn, outgoing.c.id)

_LINE = Line(table=outgoing, waiting=UNSETTLED, urgent=URGENT, order=_IN_TURN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The exact text of an outgoing message before it has a row."""

    message_id: str
    sender: str
    envelope_sender: str
    subject: str
    text: str
    headers: tuple[tuple[str, str], ...]
    #: Names the template's content.
    template_version: str
    html: str = ""
    attachments: tuple[AttachedFile, ...] = ()
    #: The person who wrote it; empty for what a machine wrote.
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSend:
    """A claimed outgoing message with what the outbox must know about it."""

    rendered: Rendered
    organisation: OrganisationId
    ticket: TicketId | None
    message: MessageId | None
    template: str
    #: What the template was filled with; instants as ISO 8601.
    slots: Mapping[str, str]
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOutgoing:
    """An intent to send with its exact text, and what it is about."""

    intent: Outgoing
    draft: Draft
    ticket: TicketId | None = None
    message: MessageId | None = None
    finding: FindingId | None = None


def add_outgoing(
    connection: sa.Connection,
    intent: Outgoing,
    draft: Draft,
    *,
    at: datetime,
    ticket: TicketId | None = None,
    message: MessageId | None = None,
    finding: FindingId | None = None,
    wait: timedelta = timedelta(0),
) -> OutgoingId | None:
    """Store an intent to send with its exact text; None when the message already has one of that kind.

    It is not sent before `wait` has passed, by the database's clock.
    """
    new = NewOutgoing(intent=intent, draft=draft, ticket=ticket, message=message, finding=finding)
    id = add_all_outgoing(connection, [new], at=at).get(draft.message_id)
    if id is not None and wait:
        waits = outgoing.update().where(outgoing.c.id == id)
        connection.execute(waits.values(next_try_at=database_now(connection) + wait))
    return id


def add_all_outgoing(connection: sa.Connection, new: Sequence[NewOutgoing], *, at: datetime) -> dict[str, OutgoingId]:
    """Store intents to send with their exact texts; return the row of each by its own Message-ID.

    One whose message already has one of that kind is passed over.
    """
    stored = insert_new(connection, outgoing, [_row(each, at) for each in new], returning=("message_id", "id"))
    ids = {row.message_id: OutgoingId(row.id) for row in stored}
    for each in new:
        id = ids.get(each.draft.message_id)
        if id is not None:
            put_attached_files(connection, each.intent.organisation, id, each.draft.attachments)
    return ids


def claim_to_send(
    connection: sa.Connection, worker: str, *, limit: int = 50, lease: timedelta = timedelta(minutes=5),
    urgent_alone: bool = False,
) -> tuple[ToSend, ...]:  # fmt: skip
    """Claim up to `limit` messages that may be sent now; a claim that ran out before the wire is claimed again.

    Return what is urgent first, then the oldest. Where more wait, every account gets its share of the rest.
    """
    now = database_now(connection)
    free = sa.or_(
        sa.and_(
            outgoing.c.state.in_((SendState.queued, SendState.retry)),
            sa.or_(outgoing.c.next_try_at.is_(None), outgoing.c.next_try_at <= now),
        ),
        sa.and_(outgoing.c.state == SendState.claimed, outgoing.c.lease_until < now),
    )
    if urgent_alone:
        free = sa.and_(sa.text(URGENT), free)
    ids = [row.id for row in hold_next(connection, _LINE, (outgoing.c.id,), free, limit)]
    if not ids:
        return ()
    connection.execute(
        outgoing.update()
        .where(outgoing.c.id.in_(ids))
        .values(state=SendState.claimed, claimed_by=worker, lease_until=now + lease, attempts=outgoing.c.attempts + 1)
    )
    query = sa.select(outgoing).where(outgoing.c.id.in_(ids)).order_by(*_IN_TURN)
    return tuple(_to_send(row) for row in connection.execute(query).mappings())


def claim_interrupted(
    connection: sa.Connection, worker: str, lease: timedelta, *, limit: int = 50
) -> tuple[ToSend, ...]:
    """Claim up to `limit` sends that were cut off while handing over; their state stays as it is."""
    now = database_now(connection)
    query = (
        sa.select(outgoing)
        .where(sa.text(UNSETTLED), outgoing.c.state == SendState.handing_over, outgoing.c.lease_until < now)
        .order_by(*_IN_TURN)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(query).mappings().all()
    if not rows:
        return ()
    connection.execute(
        outgoing.update()
        .where(outgoing.c.id.in_([row["id"] for row in rows]))
        .values(claimed_by=worker, lease_until=now + lease)
    )
    return tuple(_to_send(row) for row in rows)


def mark_handing_over(connection: sa.Connection, id: OutgoingId, worker: str, lease: timedelta) -> bool:
    """Note that the wire takes it now; return False when the claim was lost, and nothing may be sent."""
    values = {"state": SendState.handing_over, "lease_until": database_now(connection) + lease}
    return _move(connection, id, worker, (SendState.claimed,), values)


def mark_sent(connection: sa.Connection, id: OutgoingId, worker: str, receipt: Receipt) -> bool:
    """Note that it was accepted; return whether the claim still held."""
    return _finish(
        connection, id, worker, state=SendState.sent, sent_at=receipt.accepted_at, provider_id=receipt.provider_id
    )


def mark_retry(connection: sa.Connection, id: OutgoingId, worker: str, why: str, delay: timedelta) -> bool:
    """Note that it was not taken and is tried again after the delay."""
    next_try_at = database_now(connection) + delay
    return _finish(connection, id, worker, state=SendState.retry, why=why, next_try_at=next_try_at)


def mark_passed(connection: sa.Connection, id: OutgoingId, at: datetime) -> None:
    """Note that the brakes let it pass: from now on it counts against what comes after."""
    connection.execute(_PASSED, {"row": id, "passed_at": at})


def put_back(
    connection: sa.Connection, ids: Sequence[OutgoingId], worker: str, wait: timedelta, between: timedelta
) -> None:
    """Put claimed messages back that must wait for their turn, one after the other; it counts as no try."""
    now = database_now(connection)
    for position, id in enumerate(ids):
        _finish(
            connection, id, worker, held=(SendState.claimed,), state=SendState.queued,
            next_try_at=now + wait + position * between,
        )  # fmt: skip
    untried = outgoing.update().where(outgoing.c.id.in_(ids), outgoing.c.state == SendState.queued)
    connection.execute(untried.values(attempts=outgoing.c.attempts - 1))


def mark_ended(connection: sa.Connection, id: OutgoingId, worker: str, state: SendState, why: str) -> bool:
    """Note that it is refused, cancelled or uncertain, and why in a sentence; return whether the claim still held.

    What the wire has begun to take can no longer be cancelled.

    Raises:
        ValueError: the state is not an end without success.
    """
    if state not in ENDED:
        raise ValueError(f"{state} is no end: use {', '.join(ENDED)}")
    held = (SendState.claimed,) if state is SendState.cancelled else HELD
    return _finish(connection, id, worker, held=held, state=state, why=why)


def cancel_calls(
    connection: sa.Connection, ticket: TicketId, template: str, why: str, *, to: str = ""
) -> tuple[OutgoingId, ...]:
    """Cancel the calls about a ticket that still wait and nobody holds, to one reader or to all; return which."""
    cancelled = (
        outgoing.update()
        .where(
            outgoing.c.ticket_id == ticket,
            outgoing.c.template == template,
            outgoing.c.kind == OutgoingKind.alert,
            outgoing.c.state.in_((SendState.queued, SendState.retry)),
            *([outgoing.c.recipient == to] if to else []),
        )
        .values(state=SendState.cancelled, why=why, next_try_at=None)
        .returning(outgoing.c.id)
    )
    return tuple(OutgoingId(id) for id in sorted(connection.scalars(cancelled)))


def _row(new: NewOutgoing, at: datetime) -> dict[str, Any]:
    intent, draft = new.intent, new.draft
    return {
        "organisation_id": intent.organisation,
        "kind": intent.kind,
        "state": SendState.shadow if intent.shadow else SendState.queued,
        "account_id": intent.account,
        "channel": intent.channel,
        "ticket_id": new.ticket,
        "message_row": new.message,
        "finding_id": new.finding,
        "template": intent.template,
        "template_version": draft.template_version,
        "language": intent.language,
        "slots": dict(intent.slots),
        "message_id": draft.message_id,
        "sender": draft.sender,
        "recipient": intent.recipient,
        "recipient_key": intent.recipient,
        "envelope_sender": draft.envelope_sender,
        "subject": draft.subject,
        "text": draft.text,
        "html": draft.html,
        "author": draft.author or None,
        "turn": turn_of(intent),
        "headers": [list(pair) for pair in draft.headers],
        "created_at": at,
    }


def _finish(
    connection: sa.Connection, id: OutgoingId, worker: str, *, held: tuple[SendState, ...] = HELD, **values: Any
) -> bool:
    return _move(connection, id, worker, held, {**values, "lease_until": None})


def _move(
    connection: sa.Connection, id: OutgoingId, worker: str, held: tuple[SendState, ...], values: Mapping[str, Any]
) -> bool:
    """Change a row that the worker still holds in one of these states; return whether it did."""
    result = connection.execute(_moved(held, tuple(values)), {"row": id, "worker": worker, **values})
    return result.rowcount == 1


@lru_cache(maxsize=32)
def _moved(held: tuple[SendState, ...], columns: tuple[str, ...]) -> sa.Update:
    """Return the change, built once for these columns: it runs two times for every message."""
    return (
        outgoing.update()
        .where(
            outgoing.c.id == sa.bindparam("row"),
            outgoing.c.claimed_by == sa.bindparam("worker"),
            outgoing.c.state.in_(held),
        )
        .values({column: sa.bindparam(column) for column in columns})
    )


_PASSED = outgoing.update().where(outgoing.c.id == sa.bindparam("row")).values(passed_at=sa.bindparam("passed_at"))


def _to_send(row: sa.RowMapping) -> ToSend:
    rendered = Rendered(
        id=row["id"],
        kind=OutgoingKind(row["kind"]),
        account=row["account_id"],
        channel=Channel(row["channel"]),
        message_id=row["message_id"],
        sender=row["sender"],
        recipient=row["recipient"],
        envelope_sender=row["envelope_sender"],
        subject=row["subject"],
        text=row["text"],
        html=row["html"],
        headers=tuple((name, value) for name, value in row["headers"]),
        created_at=row["created_at"],
    )
    return ToSend(
        rendered=rendered,
        organisation=row["organisation_id"],
        ticket=row["ticket_id"],
        message=row["message_row"],
        template=row["template"],
        slots=row["slots"],
        attempts=row["attempts"],
    )
