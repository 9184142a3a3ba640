"""The event log: append-only, sealed by hash in batches, provable (P13)."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.ids import AccountId, EventId, MessageId, OrganisationId, OutgoingId, TicketId
from domain.viewer import Viewer
from store.columns import clean_json
from store.schema import events, seal_head
from store.visibility import sees_organisation

#: The chain starts here.
GENESIS = "0" * 64

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
    row = {
        "organisation_id": organisation,
        "at": at,
        "kind": kind,
        "actor": actor,
        "account_id": account,
        "message_row": message,
        "ticket_id": ticket,
        "outgoing_id": outgoing,
        "details": clean_json(details),
    }
    connection.execute(events.insert().values(**row, digest=_digest(row)))


def list_of_ticket(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> tuple[Event, ...]:
    """Return a ticket's events, oldest first. Call it only for a ticket that the viewer may see."""
    query = (
        sa.select(events).where(events.c.ticket_id == ticket, sees_organisation(viewer, events)).order_by(events.c.id)
    )
    return tuple(_event(row) for row in connection.execute(query).mappings())


def list_after(connection: sa.Connection, viewer: Viewer, last: int, *, limit: int = 200) -> tuple[Event, ...]:
    """Return the events written after row `last`, oldest first."""
    query = (
        sa.select(events)
        .where(events.c.id > last, sees_organisation(viewer, events))
        .order_by(events.c.id)
        .limit(limit)
    )
    return tuple(_event(row) for row in connection.execute(query).mappings())


def seal_batch(connection: sa.Connection) -> int:
    """Number and chain the next unsealed events; return how many. Call it under the sealer's lease.

    Raises:
        Tampered: a row was changed between writing and sealing.
    """
    head = connection.execute(sa.select(seal_head)).mappings().first()
    seal, chain = (head["seal"], head["chain"]) if head else (0, GENESIS)
    query = sa.select(events).where(events.c.seal.is_(None)).order_by(events.c.id).limit(BATCH)
    rows = connection.execute(query).mappings().all()
    for row in rows:
        if row["digest"] != _digest(dict(row)):
            raise Tampered(f"event {row['id']} was changed before it was sealed")
        seal += 1
        chain = _link(chain, seal, row["id"], row["digest"])
        connection.execute(events.update().where(events.c.id == row["id"]).values(seal=seal, chain=chain))
    if rows:
        _move_head(connection, seal, chain, first=head is None)
    return len(rows)


class Tampered(Exception):
    """The event log was changed by somebody else; the sentence names the row."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What walking the whole chain showed."""

    sealed: int
    unsealed: int
    #: One sentence a fault, naming the row; empty when the chain holds.
    faults: tuple[str, ...]


def verify(connection: sa.Connection, viewer: Viewer) -> Verification:
    """Walk the chain from its start and name every row that was edited, deleted or moved.

    The viewer must see the whole installation: the chain crosses organisations.
    """
    if viewer.organisation is not None:
        raise PermissionError("the chain crosses organisations: only the operator of the installation can verify it")
    faults: list[str] = []
    seal, chain, sealed = 0, GENESIS, 0
    for row in _sealed_rows(connection):
        sealed += 1
        expected = seal + 1
        if row["seal"] != expected:
            faults.append(_gap(expected, row["seal"] - 1))
        if row["digest"] != _digest(dict(row)):
            faults.append(f"event {row['id']} (line {row['seal']}) was edited")
        link = _link(chain, row["seal"], row["id"], row["digest"])
        if row["chain"] != link and row["seal"] == expected:
            faults.append(f"event {row['id']} (line {row['seal']}) does not follow the line before it: moved or edited")
        seal, chain = row["seal"], row["chain"]
    faults += _head_faults(connection, seal, chain)
    unsealed = connection.scalar(sa.select(sa.func.count()).where(events.c.seal.is_(None))) or 0
    return Verification(sealed=sealed, unsealed=unsealed, faults=tuple(faults))


def _sealed_rows(connection: sa.Connection) -> Iterator[sa.RowMapping]:
    query = sa.select(events).where(events.c.seal.is_not(None)).order_by(events.c.seal)
    yield from connection.execution_options(yield_per=BATCH).execute(query).mappings()


def _gap(first: int, last: int) -> str:
    lines = f"line {first} is" if first == last else f"lines {first} to {last} are"
    return f"{lines} missing: deleted"


def _head_faults(connection: sa.Connection, seal: int, chain: str) -> list[str]:
    head = connection.execute(sa.select(seal_head)).mappings().first()
    if head is None:
        return [] if seal == 0 else ["the head of the chain is missing"]
    if head["seal"] > seal:
        return [_gap(seal + 1, head["seal"])]
    if (head["seal"], head["chain"]) != (seal, chain):
        return [f"the head of the chain does not fit line {seal}"]
    return []


def _move_head(connection: sa.Connection, seal: int, chain: str, *, first: bool) -> None:
    statement = seal_head.insert().values(id=1) if first else seal_head.update()
    connection.execute(statement.values(seal=seal, chain=chain))


def _digest(row: dict[str, Any]) -> str:
    content = {
        "organisation": row["organisation_id"],
        "at": row["at"].timestamp(),
        "kind": row["kind"],
        "actor": row["actor"],
        "account": row["account_id"],
        "message": row["message_row"],
        "ticket": row["ticket_id"],
        "outgoing": row["outgoing_id"],
        "details": row["details"],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _link(chain: str, seal: int, id: int, digest: str) -> str:
    return hashlib.sha256(f"{chain} {seal} {id} {digest}".encode()).hexdigest()


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
