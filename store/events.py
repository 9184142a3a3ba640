"""The event log: append-only, sealed by hash in batches (P13)."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.ids import AccountId, EventId, MessageId, OrganisationId, OutgoingId, TicketId
from domain.instant import as_utc
from domain.viewer import Viewer
from store.columns import clean_json, clean_text
from store.leases import upsert
from store.rows import insert_all
from store.schema import events, seal_head
from store.visibility import sees_about

#: The chain starts here.
GENESIS = "0" * 64

#: Numbers from here on were written by somebody else. (Text is above every number for SQLite.)
NO_SEALER_GIVES = 2**62

#: Rows sealed in one transaction.
BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the log."""

    id: EventId
    at: datetime
    kind: str
    actor: str
    organisation: OrganisationId
    account: AccountId | None
    ticket: TicketId | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A line before it stands in the log; `details` must be JSON, without message content."""

    kind: str
    _: KW_ONLY
    at: datetime
    organisation: OrganisationId
    actor: str
    account: AccountId | None = None
    message: MessageId | None = None
    ticket: TicketId | None = None
    outgoing: OutgoingId | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def append(
    connection: sa.Connection,
    kind: str,
    *,
    at: datetime,
    organisation: OrganisationId,
    actor: str,
    account: AccountId | None = None,
    message: MessageId | None = None,
    ticket: TicketId | None = None,
    outgoing: OutgoingId | None = None,
    **details: Any,
) -> None:
    """Append an event in the change's own transaction. `details` must be JSON, without message content."""
    new = NewEvent(
        kind, at=at, organisation=organisation, actor=actor, account=account, message=message, ticket=ticket,
        outgoing=outgoing, details=details,
    )  # fmt: skip
    append_all(connection, [new])


def append_all(connection: sa.Connection, new: Sequence[NewEvent]) -> None:
    """Append events, in order, in the transaction of what they tell of."""
    insert_all(connection, events, [_row(each) for each in new])


def list_of_ticket(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> tuple[Event, ...]:
    """Return a ticket's events, oldest first; none when the viewer may not see its content."""
    query = sa.select(events).where(events.c.ticket_id == ticket, sees_about(viewer, events)).order_by(events.c.id)
    return tuple(_event(row) for row in connection.execute(query).mappings())


def list_after(connection: sa.Connection, viewer: Viewer, last: int, *, limit: int = 200) -> tuple[Event, ...]:
    """Return the events written after row `last`, oldest first; none about tickets that the viewer may not see.

    With several writers on PostgreSQL a lower number can be committed after a higher one: good to watch by, not to
    count by.
    """
    query = sa.select(events).where(events.c.id > last, sees_about(viewer, events)).order_by(events.c.id).limit(limit)
    return tuple(_event(row) for row in connection.execute(query).mappings())


def list_before(
    connection: sa.Connection,
    viewer: Viewer,
    row: EventId,
    *,
    kind: str = "",
    own: Collection[str] = (),
    actor: str = "",
    limit: int = 100,
) -> tuple[Event, ...]:
    """Return the events before a row, newest first; none about what one may not see.

    Args:
        connection: reads.
        viewer: who reads.
        row: of the oldest event that was shown.
        kind: the only one to return; empty: all.
        own: kinds of which only those that `actor` did are returned.
        actor: as the log names whoever reads.
        limit: how many at most.
    """
    query = sa.select(events).where(events.c.id < row, sees_about(viewer, events)).order_by(events.c.id.desc())
    if own:
        query = query.where(sa.or_(events.c.kind.not_in(sorted(own)), events.c.actor == actor))
    if kind:
        query = query.where(events.c.kind == kind)
    return tuple(_event(each) for each in connection.execute(query.limit(limit)).mappings())


def seal_batch(connection: sa.Connection) -> int:
    """Number and chain the next unsealed events; return how many. Call it under the sealer's lease.

    What was changed before it was sealed is sealed as it stands, and a changed head is gone on from: one edit must
    not stop the log for ever. Both break the chain for good, and `verify` names the place.
    """
    seal, chain = _end_of_chain(connection)
    query = sa.select(events.c.id, events.c.digest).where(events.c.seal.is_(None)).order_by(events.c.id).limit(BATCH)
    lines = []
    for id, digest in connection.execute(query):
        seal += 1
        chain = link(chain, seal, id, digest)
        lines.append({"row": id, "line": seal, "link": chain})
    if lines:
        numbered = events.update().where(events.c.id == sa.bindparam("row"))
        connection.execute(numbered.values(seal=sa.bindparam("line"), chain=sa.bindparam("link")), lines)
        _move_head(connection, seal, chain)
    return len(lines)


def digest_of(row: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what an event says; the same for the values written and for the row read back."""
    content = {
        "organisation": row["organisation_id"],
        "at": as_utc(row["at"]).isoformat(),
        "kind": row["kind"],
        "actor": row["actor"],
        "account": row["account_id"],
        "message": row["message_row"],
        "ticket": row["ticket_id"],
        "outgoing": row["outgoing_id"],
        "details": row["details"],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def link(chain: str, seal: int, id: int, digest: str) -> str:
    """Return what chains a line to the one before it, whose link is `chain`."""
    return hashlib.sha256(f"{chain} {seal} {id} {digest}".encode()).hexdigest()


def _end_of_chain(connection: sa.Connection) -> tuple[int, str]:
    head = connection.execute(sa.select(seal_head.c.seal, seal_head.c.chain).with_for_update()).first()
    last = connection.scalar(sa.select(sa.func.max(events.c.seal)).where(events.c.seal < NO_SEALER_GIVES)) or 0
    # A head that was taken back or away must not make us give a number twice, nor one out of all bounds stop us.
    if head is None:
        return last, GENESIS
    said = head.seal if isinstance(head.seal, int) and head.seal < NO_SEALER_GIVES else 0
    return max(said, last), head.chain


def _move_head(connection: sa.Connection, seal: int, chain: str) -> None:
    values = {"seal": seal, "chain": chain}
    connection.execute(
        upsert(connection, seal_head)
        .values(id=1, **values)
        .on_conflict_do_update(index_elements=[seal_head.c.id], set_=values)
    )


def _row(new: NewEvent) -> dict[str, Any]:
    row = {
        "organisation_id": new.organisation,
        "at": new.at,
        "kind": new.kind,
        "actor": clean_text(new.actor),
        "account_id": new.account,
        "message_row": new.message,
        "ticket_id": new.ticket,
        "outgoing_id": new.outgoing,
        "details": clean_json(dict(new.details)),
    }
    return {**row, "digest": digest_of(row)}


def _event(row: sa.RowMapping) -> Event:
    return Event(
        id=row["id"],
        at=row["at"],
        kind=row["kind"],
        actor=row["actor"],
        organisation=row["organisation_id"],
        account=row["account_id"],
        ticket=row["ticket_id"],
        details=row["details"],
    )
