"""Sending: outgoing messages are claimed, and how far each got is noted (P8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.account import Channel
from domain.ids import MessageId, OrganisationId, OutgoingId, TicketId
from domain.outgoing import OutgoingKind, Receipt, Rendered, SendState
from domain.viewer import Scope, Viewer
from store.database import database_now
from store.schema import outgoing
from store.schema.outbox import UNSETTLED, URGENT
from store.turns import Line, hold_next

#: States in which one worker holds the message.
HELD = (SendState.claimed, SendState.handing_over)


#: How a send ends that did not succeed.
ENDED = (SendState.refused, SendState.cancelled, SendState.uncertain)


_IN_TURN = (outgoing.c.turn, outgoing.c.id)


_LINE = Line(table=outgoing, waiting=UNSETTLED, urgent=URGENT, order=_IN_TURN)


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


def claim_to_send(
    connection: sa.Connection, worker: str, *, limit: int = 50, lease: timedelta = timedelta(minutes=5),
    urgent_alone: bool = False,
) -> tuple[ToSend, ...]:  # fmt: skip
    """Claim up to `limit` messages that may be sent now; a claim that ran out before the wire is claimed again.

    Return what is urgent first, then the oldest. Where more wait, every account gets its share of the rest.
    """
    now = database_now(connection)
    free = _free(now)
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


def any_to_send(connection: sa.Connection, viewer: Viewer) -> bool:
    """Return whether there is anything to claim: to send, or to settle because its worker was cut off.

    Raises:
        PermissionError: the viewer sees only a part of the installation.
    """
    if viewer.scope is Scope.person or viewer.organisation is not None:
        raise PermissionError("the outbox crosses organisations: only the installation's own work asks")
    now = database_now(connection)
    cut_off = sa.and_(outgoing.c.state == SendState.handing_over, outgoing.c.lease_until < now)
    found = sa.select(outgoing.c.id).where(sa.text(UNSETTLED), sa.or_(_free(now), cut_off)).limit(1)
    return connection.execute(found).first() is not None


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


def _free(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.and_(
            outgoing.c.state.in_((SendState.queued, SendState.retry)),
            sa.or_(outgoing.c.next_try_at.is_(None), outgoing.c.next_try_at <= now),
        ),
        sa.and_(outgoing.c.state == SendState.claimed, outgoing.c.lease_until < now),
    )


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
