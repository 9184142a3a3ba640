"""Waiting: messages that nobody has decided yet, claimed in batches with a lease."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from domain.ids import AccountId, MessageId, OrganisationId
from domain.message import Arrival, Fate, FolderRole
from domain.viewer import Scope, Viewer
from store.database import database_now
from store.originals import plain
from store.schema import messages, originals
from store.schema.arrivals import BY_SMS, WAITING
from store.statements import is_among
from store.turns import Line, hold_next

#: What the originals of one claim may take in memory, unless a single one is larger.
BATCH_BYTES = 16 * 1024 * 1024

#: Who shares what waits with others takes at least so much of it: a batch asks the same two dozen questions, however
#: small it is.
LEAST_SHARE = 25

_LINE = Line(table=messages, waiting=WAITING, urgent=BY_SMS, order=(messages.c.id,))

_CLAIM = (messages.c.id, messages.c.size_bytes, messages.c.attempts)


#: Built once: they run for every batch.
_MARK_CLAIMED = (
    messages.update()
    .where(is_among(messages.c.id, "ids"))
    .values(
        claimed_by=sa.bindparam("worker"), lease_until=sa.bindparam("until"), attempts=messages.c.attempts + 1
    )
)  # fmt: skip
_CLAIMED = (
    sa.select(messages, originals.c.compressed)
    .join(
        originals,
        sa.and_(originals.c.organisation_id == messages.c.organisation_id, originals.c.digest == messages.c.digest),
    )
    .where(is_among(messages.c.id, "ids"))
    .order_by(messages.c.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A claimed message that nobody has decided yet."""

    id: MessageId
    organisation: OrganisationId
    account: AccountId
    arrival: Arrival
    #: How often it was claimed, this time included.
    attempts: int

    @property
    def is_suspect(self) -> bool:
        """Whether a worker had it in hand before and did not decide it: that worker may have died of it."""
        return self.attempts > 1


def claim_waiting(
    connection: sa.Connection, worker: str, *, limit: int = 50, lease: timedelta = timedelta(minutes=2),
    suspects: bool = True, among: int = 1,
) -> tuple[Waiting, ...]:  # fmt: skip
    """Claim up to `limit` waiting messages for a worker, oldest first; a lease that ran out is claimed again.

    Where more wait, SMS go first, and every account gets its share of the rest.

    Fewer are claimed when their originals are large: together at most `BATCH_BYTES`, but always one. What was claimed
    before and not decided is claimed alone, or without `suspects` not at all: a message that brings its worker down
    must not take others with it.

    `among`: so many claim beside each other until nothing waits; of the last each takes its share, so that none waits
    for another with a whole batch.
    """
    now = database_now(connection)
    free = _is_free(now) if suspects else sa.and_(_is_free(now), messages.c.attempts == 0)
    ids = _next(connection, free, _share(connection, free, limit, among))
    if not ids:
        return ()
    connection.execute(_MARK_CLAIMED, {"ids": ids, "worker": worker, "until": now + lease})
    return tuple(_waiting(row) for row in connection.execute(_CLAIMED, {"ids": ids}).mappings())


def any_waiting(connection: sa.Connection, viewer: Viewer) -> bool:
    """Return whether there is a message to claim. Raises PermissionError as `count_waiting`."""
    return count_waiting(connection, viewer, most=1) > 0


def count_waiting(connection: sa.Connection, viewer: Viewer, *, most: int) -> int:
    """Return how many messages there are to claim; of more than `most` that many.

    Raises:
        PermissionError: the viewer sees only a part of the installation.
    """
    if viewer.scope is Scope.person or viewer.organisation is not None:
        raise PermissionError("what waits crosses organisations: only the installation's own work asks")
    return _count(connection, _is_free(database_now(connection)), most)


def release_waiting(connection: sa.Connection, worker: str, ids: Sequence[MessageId]) -> None:
    """Give claimed messages back at once, because their batch could not be written."""
    connection.execute(
        messages.update()
        .where(messages.c.id.in_(ids), messages.c.claimed_by == worker, messages.c.fate == Fate.waiting)
        .values(claimed_by=None, lease_until=None)
    )


def _count(connection: sa.Connection, free: sa.ColumnElement[bool], most: int) -> int:
    waiting = sa.select(messages.c.id).where(sa.text(WAITING), free).limit(most).subquery()
    return connection.scalar(sa.select(sa.func.count()).select_from(waiting)) or 0


def _share(connection: sa.Connection, free: sa.ColumnElement[bool], limit: int, among: int) -> int:
    if among == 1:
        return limit
    return max(LEAST_SHARE, -(-_count(connection, free, limit * among) // among))


def _next(connection: sa.Connection, free: sa.ColumnElement[bool], limit: int) -> list[int]:
    ids: list[int] = []
    room = BATCH_BYTES
    # What was in hand at the fewest deaths goes first: nobody waits for a message that brings its workers down, and who
    # was in hand by chance is not again the first that a new worker, slow as it is, has in hand.
    rows = sorted(hold_next(connection, _LINE, _CLAIM, free, limit), key=lambda row: (not row.attempts, row.attempts))
    for row in rows:
        room -= row.size_bytes
        if ids and (room < 0 or row.attempts):
            break
        ids.append(row.id)
        if row.attempts:
            break
    return ids


def _is_free(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(messages.c.lease_until.is_(None), messages.c.lease_until < now)


def _waiting(row: sa.RowMapping) -> Waiting:
    arrival = Arrival(
        identity=row["identity"],
        original=plain(row["compressed"], row["size_bytes"]),
        media_type=row["media_type"],
        provider_at=row["provider_at"],
        folder=row["folder"],
        role=FolderRole(row["role"]),
        flags=frozenset(row["flags"]),
        history=row["history"],
    )
    return Waiting(
        id=row["id"],
        organisation=row["organisation_id"],
        account=row["account_id"],
        arrival=arrival,
        attempts=row["attempts"],
    )
