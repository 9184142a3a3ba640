"""The suppression list: addresses that get no automatic message (domain.md 3.3 row 32)."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa

from domain.ids import OrganisationId, OutgoingId
from domain.suppression import Suppression, SuppressionReason
from domain.viewer import Viewer
from store.correspondents import Correspondent
from store.leases import upsert
from store.schema import outgoing, suppressions
from store.statements import as_asked, in_parts, is_among
from store.visibility import sees_about, sees_organisation


def add_suppression(
    connection: sa.Connection,
    organisation: OrganisationId,
    address: str,
    why: str,
    at: datetime,
    *,
    reason: SuppressionReason = SuppressionReason.by_hand,
    status: str = "",
    until: datetime | None = None,
    outgoing: OutgoingId | None = None,
) -> bool:
    """Let an address, in lower case, get no automatic message any more; return whether that is new.

    One that has run out is entered anew, and one that runs out gives way to one that never does: a complaint outlives
    the bounce before it. Otherwise one that holds stays as it is: what a person entered for good is not shortened by
    a bounce.

    Args:
        connection: the transaction of the change.
        organisation: whose list.
        address: in lower case.
        why: in words.
        at: when; aware UTC.
        reason: what kind of thing led to it.
        status: as in RFC 3463, such as 5.1.1.
        until: when it runs out; None: never.
        outgoing: our message that led to it.
    """
    values = {
        "why": why, "added_at": at, "reason": reason, "status": status, "until": until, "outgoing_id": outgoing,
    }  # fmt: skip
    gives_way = suppressions.c.until <= at if until is not None else suppressions.c.until.is_not(None)
    statement = (
        upsert(connection, suppressions)
        .values(organisation_id=organisation, address=address, **values)
        .on_conflict_do_update(index_elements=["organisation_id", "address"], set_=values, where=gives_way)
        .returning(suppressions.c.address)
    )
    return connection.execute(statement).first() is not None


def release_suppression(
    connection: sa.Connection, organisation: OrganisationId, address: str, reason: SuppressionReason | None = None
) -> bool:
    """Take an address off the list, whatever or only for this reason it stands there; return whether it was on it."""
    listed = [suppressions.c.organisation_id == organisation, suppressions.c.address == address]
    if reason is not None:
        listed.append(suppressions.c.reason == reason)
    return connection.execute(suppressions.delete().where(*listed)).rowcount == 1


def find_suppression(
    connection: sa.Connection, viewer: Viewer, organisation: OrganisationId, address: str, now: datetime
) -> Suppression | None:
    """Return why an address, in lower case, gets no automatic message now; None: it may get them."""
    about = (organisation, address)
    return find_suppressions(connection, viewer, [about], now).get(about)


def find_suppressions(
    connection: sa.Connection, viewer: Viewer, correspondents: Collection[Correspondent], now: datetime
) -> dict[Correspondent, Suppression]:
    """Return why those of the addresses get no automatic message now that get none, with one question."""
    organisations = sorted({organisation for organisation, _ in correspondents})
    found = {
        (row["organisation_id"], row["address"]): _suppression(row)
        for some in in_parts(sorted({address for _, address in correspondents}))
        for row in connection.execute(
            _find(viewer), {"organisations": organisations, "addresses": some, "now": now}
        ).mappings()
    }
    return as_asked(found, correspondents)


def list_suppressions(
    connection: sa.Connection, viewer: Viewer, now: datetime, *, limit: int = 1000
) -> tuple[Suppression, ...]:
    """Return the addresses that hold now, newest first; not those that a ticket led to which the viewer may not see."""
    led = outgoing.alias()
    hidden = sa.exists().where(led.c.id == suppressions.c.outgoing_id, sa.not_(sees_about(viewer, led)))
    query = (
        sa.select(suppressions)
        .where(
            sees_organisation(viewer, suppressions),
            sa.not_(hidden),
            _holds(sa.literal(now, suppressions.c.until.type)),
        )
        .order_by(suppressions.c.added_at.desc(), suppressions.c.address)
        .limit(limit)
    )
    return tuple(_suppression(row) for row in connection.execute(query).mappings())


@lru_cache(maxsize=64)
def _find(viewer: Viewer) -> sa.Select[tuple[object, ...]]:
    return sa.select(suppressions).where(
        is_among(suppressions.c.organisation_id, "organisations"),
        is_among(suppressions.c.address, "addresses"),
        _holds(sa.bindparam("now", type_=suppressions.c.until.type)),
        sees_organisation(viewer, suppressions),
    )


def _holds(now: sa.ColumnElement[datetime]) -> sa.ColumnElement[bool]:
    return sa.or_(suppressions.c.until.is_(None), suppressions.c.until > now)


def _suppression(row: sa.RowMapping) -> Suppression:
    return Suppression(
        address=row["address"],
        reason=SuppressionReason(row["reason"]),
        why=row["why"],
        added_at=row["added_at"],
        status=row["status"],
        until=row["until"],
        outgoing=row["outgoing_id"],
    )
